using System.Buffers;
using System.Globalization;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Broadcasts;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Tests.Broadcasts;

public sealed class BroadcastRoundsTests
{
    [Fact]
    public void Broadcast_AfterAPause_LeavesAtOnce_AndTheNextOnesTogetherInRounds()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var viewers = Join(harness, room, 3);
        harness.Run(200);

        room.Broadcast("0");
        harness.Run(5);
        Assert.All(viewers, viewer => Assert.Equal([["0"]], viewer.Rounds));

        var began = harness.Now;
        for (var i = 1; i <= 40; i++)
        {
            room.Broadcast(i.ToString(CultureInfo.InvariantCulture));
            harness.Run(5);
        }

        harness.Run(60);
        var rounds = 1 + (int)((harness.Now - began) / BroadcastRounds.Interval);
        Assert.All(viewers, viewer =>
        {
            Assert.Equal(Enumerable.Range(0, 41).Select(i => i.ToString(CultureInfo.InvariantCulture)), viewer.Rounds.SelectMany(each => each));
            Assert.InRange(viewer.Rounds.Count, 2, rounds + 1);
        });
    }

    [Fact]
    public void Broadcast_WhileViewersComeAndGo_ReachesWhoIsThereOnceAndInOrder()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var stays = Join(harness, room, 4);
        var leaves = Join(harness, room, 4);
        harness.Run(200);
        for (var i = 0; i < 60; i++)
        {
            room.Broadcast(i.ToString(CultureInfo.InvariantCulture));
            harness.Run(7);
            if (i < 48 && i % 12 == 5)
            {
                leaves[i / 12 % leaves.Count].Close();
            }
        }

        harness.Run(100);
        Assert.All(stays, viewer => Assert.Equal(
            Enumerable.Range(0, 60).Select(i => i.ToString(CultureInfo.InvariantCulture)), viewer.Rounds.SelectMany(each => each)));
    }

    [Fact]
    public void Post_ToOneViewer_ComesBehindWhatItsRoomWasSentBefore()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var viewers = Join(harness, room, 2);
        harness.Run(200);

        room.Broadcast("first");
        harness.Run(5);
        room.Broadcast("second");
        viewers[0].Application.Tell("for you");
        room.Broadcast("third");
        harness.Run(200);
        Assert.Equal(["first", "second", "for you", "third"], viewers[0].Rounds.SelectMany(each => each));
        Assert.Equal(["first", "second", "third"], viewers[1].Rounds.SelectMany(each => each));
    }

    private static List<Member> Join(RelayHarness harness, Relay.Rooms.Room room, int count)
    {
        var members = new List<Member>();
        for (var i = 0; i < count; i++)
        {
            var application = new Listener();
            var viewer = harness.Watch(room, FeedTests.ViewerOptions with { Data = true, Audio = false, VideoCodecs = [] }, application);
            harness.Connect(viewer);
            Assert.True(viewer.Connection!.Data!.TryOpen(harness.Now, "overlays", "", new DataChannelReliability(true, null, null), out _));
            members.Add(new Member(application, () => room.Viewers().Single(each => each.Id == application.SessionOf()).RequestClose(Protocols.Peers.CloseReason.PeerClosed)));
        }

        return members;
    }

    private sealed record Member(Listener Application, Action Leave)
    {
        public List<List<string>> Rounds => Application.Rounds;

        public void Close() => Leave();
    }

    /// <summary>Notes which messages came between two looks at what there is to send: those share packets.</summary>
    private sealed class Listener : DataApplication
    {
        private bool _isLooking = true;

        public List<List<string>> Rounds { get; } = [];

        public void Tell(string message) => Post(message);

        public string SessionOf() => Session!.Id;

        protected internal override void OnOpened(Timestamp now)
        {
        }

        protected internal override void OnMessage(Timestamp now, ReadOnlySpan<byte> message)
        {
        }

        protected internal override void OnBroadcast(Timestamp now, object message)
        {
            if (_isLooking)
            {
                Rounds.Add([]);
                _isLooking = false;
            }

            Rounds[^1].Add((string)message);
        }

        protected internal override bool TryPeek(Timestamp now, out ReadOnlySequence<byte> message)
        {
            _isLooking = true;
            message = default;
            return false;
        }

        protected internal override void Advance()
        {
        }

        protected internal override void OnClosed()
        {
        }
    }
}
