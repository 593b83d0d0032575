using System.Buffers;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;

namespace MediaRelay.Commerce.Tests.Overlays;

[Collection(AllocationCollection.Name)]
public sealed class ViewerLanesTests : IDisposable
{
    private static readonly MerchantId Merchant = MerchantId.Parse("m");
    private static readonly ViewerId Viewer = ViewerId.Parse("v");

    private readonly List<OverlayMessage> _published = [];
    private readonly RoomOverlays _room;
    private readonly ViewerLanes _lanes = new();

    public ViewerLanesTests() => _room = new RoomOverlays(RoomId.Parse("r"), _published.Add);

    public void Dispose() => _lanes.Dispose();

    [Fact]
    public void Pump_EverythingFits_AllClassesInOrderOfNumber()
    {
        Begin();
        var expected = new[] { Comment(), Spotlight(), Tally(), Spotlight(), Comment() };
        EnqueuePublished();

        Assert.Equal(expected.Select(message => message.Seq), ReadAll());
        Assert.True(_lanes.IsEmpty);
    }

    [Fact]
    public void TryRead_Message_HasTheSharedBytes()
    {
        Begin();
        var message = Comment(new string('x', 5000));
        EnqueuePublished();
        _lanes.Pump();

        Assert.True(_lanes.TryRead(out var bytes));
        Assert.True(_lanes.TryRead(out var again));

        Assert.Equal(message.Bytes.ToArray(), bytes.ToArray());
        Assert.Equal(bytes.ToArray(), again.ToArray());
        _lanes.Advance();
        Assert.False(_lanes.TryRead(out _));
    }

    [Fact]
    public void Pump_ViewerTakesNothing_PipeHoldsOneSendWindow()
    {
        Begin();
        for (var i = 0; i < 100; i++)
        {
            Notice(1000);
        }

        for (var i = 0; i < 100; i++)
        {
            Spotlight();
        }

        EnqueuePublished();
        _lanes.Pump();
        _lanes.Pump();

        var bytes = 0L;
        while (_lanes.TryRead(out var message))
        {
            bytes += message.Length;
            _lanes.Advance();
        }

        Assert.InRange(bytes, 1000, ViewerLanes.SendWindowBytes);
    }

    [Fact]
    public void Pump_Backlog_NeverShedFirstAndOvertakenCommentsAndTalliesShed()
    {
        Begin();
        Fill();
        var comments = new[] { Comment(), Comment() };
        Tally();
        var late = Enumerable.Range(0, 200).Select(_ => Spotlight(64)).ToList();
        EnqueuePublished();

        var read = ReadAll();

        Assert.DoesNotContain(comments[0].Seq, read);
        Assert.DoesNotContain(comments[1].Seq, read);
        Assert.All(late, message => Assert.Contains(message.Seq, read));
        Assert.Equal(read.Order(), read);
        Assert.Equal((2L, 1L), (_lanes.Counts.ShedComments, _lanes.Counts.ShedTallies));
        Assert.Equal(0, _lanes.Counts.Resyncs);
    }

    [Fact]
    public void Enqueue_Tallies_LatestWins()
    {
        Begin();
        Tally();
        Tally();
        var last = Tally();
        EnqueuePublished();

        Assert.Equal([last.Seq], ReadAll());
        Assert.Equal(2, _lanes.Counts.ShedTallies);
    }

    [Fact]
    public void Enqueue_TooManyComments_OldestShed()
    {
        Begin();
        var comments = Enumerable.Range(0, ViewerLanes.MaxComments + 10).Select(_ => Comment()).ToList();
        EnqueuePublished();

        Assert.Equal(comments.Skip(10).Select(message => message.Seq), ReadAll());
        Assert.Equal(10, _lanes.Counts.ShedComments);
    }

    [Fact]
    public void Enqueue_NeverShedBacklogOverBudget_DroppedUntilTheNextSnapshot()
    {
        Begin();
        while (!_lanes.NeedsSnapshot)
        {
            Spotlight(64);
            EnqueuePublished();
        }

        Assert.Equal(1, _lanes.Counts.Resyncs);
        Assert.InRange(_lanes.Counts.DroppedByResync, 1000, 10_000);
        Spotlight();
        EnqueuePublished();
        Assert.Empty(ReadAll());

        _lanes.Enqueue(Snapshot());
        var next = Spotlight();
        EnqueuePublished();
        Assert.Equal([next.Seq - 1, next.Seq], ReadAll());
    }

    [Fact]
    public void Enqueue_BeforeAndUpToTheSnapshot_Skipped()
    {
        Spotlight();
        EnqueuePublished();
        Spotlight();
        var covered = _published[^1];
        _published.Clear();
        _lanes.Enqueue(Snapshot());
        _lanes.Enqueue(covered);
        var next = Spotlight();
        EnqueuePublished();

        Assert.Equal([covered.Seq, next.Seq], ReadAll());
    }

    [Fact]
    public void Enqueue_SnapshotOfAnotherRoom_NothingOfTheOldRoomFollowsIt()
    {
        Begin();
        Comment();
        Tally();
        Spotlight();
        EnqueuePublished();
        var other = new RoomOverlays(RoomId.Parse("other"), _ => { });
        var snapshot = other.Snapshot(
            0, null, () => new Commerce.Shelves.RoomShelves(RoomId.Parse("other"), [], null), Viewer, 0, []);
        _lanes.Enqueue(snapshot);

        Assert.Equal([3, 0], ReadAll());
    }

    [Fact]
    public void TryReplay_MissedMessages_LeaveBeforeWhatIsNewer()
    {
        var missed = new[] { Spotlight(), Spotlight() };
        _published.Clear();
        Begin();
        var live = Spotlight();
        EnqueuePublished();

        Assert.True(_room.TryReplay(0, 0, _lanes.SnapshotSeq, out var messages, out _));
        Assert.True(_lanes.TryReplay(messages));
        Assert.False(_lanes.TryReplay(messages));

        Assert.Equal([.. missed.Select(message => message.Seq), live.Seq], ReadAll());
    }

    [Fact]
    public void TryReplay_WithoutSnapshot_GoesOnBehindTheReplay()
    {
        var missed = Spotlight();
        Assert.True(_room.TryReplay(0, 0, null, out var messages, out var last));
        Assert.True(_lanes.TryReplay(messages, last));
        EnqueuePublished();
        var live = Spotlight();
        EnqueuePublished();

        Assert.Equal([missed.Seq, live.Seq], ReadAll());
    }

    [Fact]
    public void Deliver_TenThousandOverlays_AllocatesLessThan64BytesEach()
    {
        Begin();
        var messages = Enumerable.Range(0, 100).Select(_ => Spotlight()).ToList();
        Deliver(messages, 20);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Deliver(messages, 100);
        var perOverlay = (GC.GetAllocatedBytesForCurrentThread() - before) / 10_000.0;

        Assert.InRange(perOverlay, 0, 64);
    }

    [Fact]
    public void Counts_Delivered_ByClass()
    {
        Begin();
        Comment();
        Spotlight();
        Spotlight();
        EnqueuePublished();
        ReadAll();

        // The snapshot of the beginning is of the shelf class too.
        Assert.Equal((3L, 1L, 0L), (
            _lanes.Counts.Delivered(OverlayClass.Shelf), _lanes.Counts.Delivered(OverlayClass.Comment),
            _lanes.Counts.Delivered(OverlayClass.Purchase)));
    }

    private void Deliver(List<OverlayMessage> messages, int times)
    {
        for (var i = 0; i < times; i++)
        {
            foreach (var message in messages)
            {
                _lanes.Enqueue(message);
            }

            _lanes.Pump();
            while (_lanes.TryRead(out _))
            {
                _lanes.Advance();
                _lanes.Pump();
            }
        }
    }

    // The snapshot itself is read away, so that tests see what comes behind it.
    private void Begin()
    {
        _lanes.Enqueue(Snapshot());
        ReadAll();
    }

    private IReadOnlyList<OverlayMessage> Snapshot() =>
        _room.Snapshot(0, null, () => new Commerce.Shelves.RoomShelves(RoomId.Parse("r"), [], null), Viewer, 0, []);

    private void EnqueuePublished()
    {
        _published.ForEach(_lanes.Enqueue);
        _published.Clear();
    }

    private void Fill()
    {
        for (var i = 0; i < 400; i++)
        {
            Spotlight(64);
        }

        EnqueuePublished();
        _lanes.Pump();
    }

    private OverlayMessage Spotlight(int idLength = 1) =>
        _room.Publish(0, null, new SpotlightBody(Merchant, ItemId.Parse(new string('i', idLength))), Merchant);

    private OverlayMessage Comment(string text = "hello") => _room.Publish(0, null, new CommentBody(Viewer, text));

    private OverlayMessage Notice(int length) => _room.Publish(0, null, new NoticeBody(new string('n', length)));

    private OverlayMessage Tally() => _room.Publish(0, null, new TallyBody(1, 1));

    private List<long> ReadAll()
    {
        var numbers = new List<long>();
        _lanes.Pump();
        while (_lanes.TryRead(out var message))
        {
            numbers.Add(SeqOf(message.ToArray()));
            _lanes.Advance();
            _lanes.Pump();
        }

        return numbers;
    }

    private static long SeqOf(byte[] message)
    {
        var reader = new Commerce.Overlays.MessagePack.MessagePackReader(message);
        Assert.True(reader.TryReadArrayHeader(out _) && reader.TryReadInt64(out _) && reader.TryReadUtf8(out _));
        Assert.True(reader.TryReadInt64(out var seq));
        return seq;
    }
}
