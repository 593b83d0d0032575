using System.Buffers;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Tests.Overlays;

public sealed class HandOffTests : IDisposable
{
    private const int Seeds = 300;

    private static readonly RoomId Old = RoomId.Parse("old");
    private static readonly RoomId New = RoomId.Parse("new");
    private static readonly ViewerId Viewer = ViewerId.Parse("v");
    private static readonly MerchantId Merchant = MerchantId.Parse("m");

    private readonly List<OverlayMessage> _ofOld = [];
    private readonly List<OverlayMessage> _ofNew = [];
    private readonly RoomOverlays _old;
    private readonly RoomOverlays _new;
    private readonly ViewerLanes _lanes = new();

    public HandOffTests()
    {
        _old = new RoomOverlays(Old, _ofOld.Add);
        _new = new RoomOverlays(New, _ofNew.Add);
    }

    public void Dispose() => _lanes.Dispose();

    [Fact]
    public void HandOff_Viewer_HandOffThenSnapshotThenTheNewRoom()
    {
        Begin(_old);
        Spotlight(_old);
        Comment(_old);
        Deliver(_ofOld);
        _lanes.HandOff(_old.HandOff(7, 90_000, New, _lanes.LastSeq));
        Assert.True(_lanes.NeedsSnapshot);
        for (var i = 0; i < 5; i++)
        {
            Comment(_new); // before the snapshot, which covers them
        }

        Deliver(_ofNew);
        _lanes.Enqueue(Snapshot(_new, 4711));
        Comment(_new);
        Spotlight(_new);
        Deliver(_ofNew);

        Assert.Equal(["spotlight 1", "handOff 3", "snapshot 5", "comment 6", "spotlight 7"], Read());
        Assert.Equal(1, _lanes.Counts.ShedComments);
    }

    [Fact]
    public void HandOff_Message_NamesBothRoomsAndIsForThisViewerOnly()
    {
        var message = Assert.Single(_old.HandOff(1_000_000, 90_000, New, after: 0));

        Assert.Equal((OverlayTypes.HandOff, OverlayClass.Shelf, true), (message.Type, message.Class, message.IsAddressed));
        Assert.Empty(_ofOld);
        Assert.True(_old.TryReplay(1_000_000, 0, null, out var replayed, out _));
        Assert.Empty(replayed);
        var reader = new MessagePackReader(message.Bytes.Span);
        Assert.True(reader.TryReadArrayHeader(out _));
        Assert.True(reader.TryReadInt64(out _));
        Assert.True(reader.TryReadUtf8(out _));
        Assert.True(reader.TryReadInt64(out var seq));
        Assert.True(reader.TryReadInt64(out var sentAt));
        Assert.True(reader.TryReadInt64(out var mediaTime));
        Assert.True(reader.TryReadMapHeader(out _));
        Assert.Equal((1L, 1_000_000L, 90_000L), (seq, sentAt, mediaTime));
        Assert.Equal(["fromRoomId", "old", "toRoomId", "new"], ReadTexts(ref reader, 4));
    }

    [Fact]
    public void HandOff_MessagesOnTheirWayToTheViewer_AreNotLost()
    {
        Begin(_old);
        Spotlight(_old);
        Deliver(_ofOld);
        Spotlight(_old);
        Comment(_old);
        Spotlight(_old);

        // Published, but the viewer's loop had not come to them.
        _lanes.HandOff(_old.HandOff(7, null, New, _lanes.LastSeq));
        _lanes.Enqueue(Snapshot(_new));

        Assert.Equal(["spotlight 1", "spotlight 2", "spotlight 4", "handOff 5", "snapshot 0"], Read());
    }

    [Fact]
    public void HandOff_BeforeTheFirstSnapshot_TheNewRoomsIsTheFirstMessage()
    {
        Spotlight(_old);
        Deliver(_ofOld);
        _lanes.HandOff(_old.HandOff(7, null, New, _lanes.LastSeq));
        _lanes.Enqueue(Snapshot(_new));

        Assert.Equal(["snapshot 0"], Read());
    }

    [Fact]
    public void HandOff_DuringAReplay_TheReplayLeavesFirst()
    {
        Spotlight(_old);
        Spotlight(_old);
        _ofOld.Clear();
        Begin(_old);
        Spotlight(_old);
        Deliver(_ofOld);
        Assert.True(_old.TryReplay(0, 0, _lanes.SnapshotSeq, out var missed, out _));
        Assert.True(_lanes.TryReplay(missed));
        _lanes.HandOff(_old.HandOff(7, null, New, _lanes.LastSeq));
        _lanes.Enqueue(Snapshot(_new));

        Assert.Equal(["spotlight 1", "spotlight 2", "spotlight 3", "handOff 4", "snapshot 0"], Read());
    }

    [Fact]
    public void Replay_AskedForBeforeTheNewSnapshotHasLeft_FollowsIt()
    {
        Begin(_old);
        Spotlight(_new);
        _ofNew.Clear();
        _lanes.HandOff(_old.HandOff(7, null, New, _lanes.LastSeq));
        _lanes.Enqueue(Snapshot(_new));
        Assert.True(_new.TryReplay(0, 0, _lanes.SnapshotSeq, out var missed, out _));
        Assert.True(_lanes.TryReplay(missed));

        Assert.Equal(["handOff 1", "snapshot 1", "spotlight 1"], Read());
    }

    [Fact]
    public void HandOff_BacklogOverBudget_ASnapshotOfTheNewRoomTakesItsPlace()
    {
        using var lanes = new ViewerLanes(budgetBytes: 500);
        lanes.Enqueue(Snapshot(_old));
        while (!lanes.NeedsSnapshot)
        {
            lanes.Enqueue(Spotlight(_old));
        }

        lanes.HandOff(_old.HandOff(7, null, New, lanes.LastSeq));
        lanes.Enqueue(Snapshot(_new));

        Assert.Equal(["snapshot 0"], Read(lanes));
    }

    /// <summary>
    /// Whatever is published, read and delivered late around several hand-offs: each room's part is in order and complete in what is
    /// never shed, and nothing of another room stands in it.
    /// </summary>
    [Fact]
    public void HandOff_AnyInterleaving_RoomsNeverMix()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            using var walk = new HandOffWalk(seed);
            walk.Run(400);
        }
    }

    private static IReadOnlyList<OverlayMessage> Snapshot(RoomOverlays room, uint mediaOffset = 0) => room.Snapshot(
        0, null, () => new Commerce.Shelves.RoomShelves(room.RoomId, [], null), Viewer, mediaOffset, []);

    private static OverlayMessage Spotlight(RoomOverlays room) =>
        room.Publish(0, null, new SpotlightBody(Merchant, ItemId.Parse("i")), Merchant);

    private static OverlayMessage Comment(RoomOverlays room) => room.Publish(0, null, new CommentBody(Viewer, "hello"));

    private static string[] ReadTexts(ref MessagePackReader reader, int count)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            Assert.True(reader.TryReadUtf8(out var utf8));
            texts[i] = System.Text.Encoding.UTF8.GetString(utf8);
        }

        return texts;
    }

    private void Begin(RoomOverlays room)
    {
        _lanes.Enqueue(Snapshot(room));
        Read();
    }

    private void Deliver(List<OverlayMessage> messages)
    {
        messages.ForEach(_lanes.Enqueue);
        messages.Clear();
    }

    private List<string> Read() => Read(_lanes);

    private static List<string> Read(ViewerLanes lanes)
    {
        var read = new List<string>();
        lanes.Pump();
        while (lanes.TryRead(out var message))
        {
            var (type, seq) = HeadOf(message.ToArray());
            read.Add($"{type} {seq}");
            lanes.Advance();
            lanes.Pump();
        }

        return read;
    }

    private static (string Type, long Seq) HeadOf(byte[] message)
    {
        var reader = new MessagePackReader(message);
        Assert.True(reader.TryReadArrayHeader(out _));
        Assert.True(reader.TryReadInt64(out _));
        Assert.True(reader.TryReadUtf8(out var type));
        Assert.True(reader.TryReadInt64(out var seq));
        return (System.Text.Encoding.UTF8.GetString(type), seq);
    }

    /// <summary>A random walk of one viewer through rooms that publish all the time.</summary>
    private sealed class HandOffWalk : IDisposable
    {
        private readonly Random _random;
        private readonly string _name;
        private readonly Queue<OverlayMessage>[] _underWay = [new(), new(), new()];
        private readonly RoomOverlays[] _rooms;
        private readonly ViewerLanes _lanes = new(int.MaxValue);
        private readonly List<(int Room, string Type, long Seq)> _read = [];
        private readonly Dictionary<(int Room, long Seq), bool> _neverShed = [];
        private readonly Queue<int> _snapshots = new();
        private int _room;
        private int _readRoom;

        public HandOffWalk(int seed)
        {
            _name = $"seed {seed}";
            _random = new Random(seed);
            _rooms = [.. Enumerable.Range(0, 3).Select(i => new RoomOverlays(RoomId.Parse($"room-{i}"), _underWay[i].Enqueue))];
        }

        public void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                Step();
            }

            Take(int.MaxValue);
            Check();
        }

        public void Dispose() => _lanes.Dispose();

        private void Step()
        {
            switch (_random.Next(20))
            {
                case 0:
                    var next = (_room + 1 + _random.Next(2)) % 3;
                    _lanes.HandOff(_rooms[_room].HandOff(0, null, RoomId.Parse($"room-{next}"), _lanes.LastSeq));

                    // What is under way finds the viewer in its new room.
                    _underWay[_room].Clear();
                    _room = next;
                    break;
                case < 12:
                    Publish(_random.Next(3));
                    break;
                case < 16:
                    DeliverSome(_random.Next(6));
                    break;
                default:
                    Take(_random.Next(8));
                    break;
            }
        }

        private void Publish(int room)
        {
            var overlays = _rooms[room];
            switch (_random.Next(4))
            {
                case 0:
                    Comment(overlays);
                    break;
                case 1:
                    overlays.Publish(0, null, new TallyBody(1, 1));
                    break;
                default:
                    _neverShed[(room, Spotlight(overlays).Seq)] = true;
                    break;
            }

            if (room != _room)
            {
                _underWay[room].Clear();
            }
        }

        private void DeliverSome(int count)
        {
            for (; count > 0 && _underWay[_room].TryDequeue(out var message); count--)
            {
                _lanes.Enqueue(message);
            }
        }

        private void Take(int count)
        {
            if (_lanes.NeedsSnapshot)
            {
                _snapshots.Enqueue(_room);
                _lanes.Enqueue(Snapshot(_rooms[_room]));
            }

            _lanes.Pump();
            for (; count > 0 && _lanes.TryRead(out var bytes); count--)
            {
                var (type, seq) = HeadOf(bytes.ToArray());
                if (type == OverlayTypes.Snapshot)
                {
                    _readRoom = _snapshots.Dequeue();
                }

                _read.Add((_readRoom, type, seq));
                _lanes.Advance();
                _lanes.Pump();
            }
        }

        private void Check()
        {
            var snapshot = -1L;
            var last = -1L;
            var previous = OverlayTypes.HandOff;
            foreach (var (room, type, seq) in _read)
            {
                Assert.True(previous != OverlayTypes.HandOff || type == OverlayTypes.Snapshot, $"{_name}: {type} after handOff");
                Assert.True(type != OverlayTypes.Snapshot || previous == OverlayTypes.HandOff, $"{_name}: snapshot after {previous}");
                Assert.True(type == OverlayTypes.Snapshot || seq > last, $"{_name}: {type} {seq} after {last}");
                if (type == OverlayTypes.HandOff)
                {
                    // Everything never shed between the snapshot and the hand-off was read.
                    var owed = _neverShed.Keys.Where(key => key.Room == room && key.Seq > snapshot && key.Seq < seq).Select(key => key.Seq);
                    var got = _read.Where(entry => entry.Room == room && entry.Type == OverlayTypes.Spotlight).Select(entry => entry.Seq);
                    Assert.Empty(owed.Except(got));
                }

                snapshot = type == OverlayTypes.Snapshot ? seq : snapshot;
                last = seq;
                previous = type;
            }
        }
    }
}
