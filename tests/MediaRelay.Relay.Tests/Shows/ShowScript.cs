using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>
/// A random show, the same for the same seed: three rooms, one of them without a host, and things that happen in them one after the
/// other. At the end everything is left alone for a while, and then everybody must see what there is to see.
/// </summary>
internal sealed class ShowScript
{
    private const int MostViewers = 7;
    private static readonly TimeSpan Stale = TimeSpan.FromMilliseconds(400);

    private readonly Random _random;
    private readonly bool _hasLoss;
    private readonly int _seed;
    private readonly int _shards;
    private readonly List<string> _events = [];
    private Show _show = null!;
    private Room[] _rooms = [];

    public ShowScript(int seed, int shards, bool hasLoss)
    {
        _seed = seed;
        _shards = shards;
        _hasLoss = hasLoss;
        _random = new Random(seed);
    }

    public void Run()
    {
        using var show = new Show(_seed, _shards, Pick(VideoCodec.H264, VideoCodec.Vp8), padsRuns: _random.Next(4) > 0);
        _show = show;
        _rooms = [show.Room("a"), show.Room("b"), show.Room("nobody")];
        AddHost(_rooms[0], encodings: 1 + _random.Next(3));
        show.Run(200);
        for (var i = 0; i < 3; i++)
        {
            AddViewer();
        }

        AddHost(_rooms[1], encodings: 1 + _random.Next(2));
        AddViewer();
        var count = 8 + _random.Next(10);
        for (var i = 0; i < count; i++)
        {
            Happen();
            show.Run(_random.Next(3) switch { 0 => 50 + _random.Next(200), 1 => 500 + _random.Next(1_000), _ => 1_500 + _random.Next(1_500) });
            show.AssertStreams();
        }

        Settle();
        show.AssertStreams();
        AssertEverybodySees();
    }

    public override string ToString() => string.Join("\n", _events);

    private void Happen()
    {
        var room = _rooms[_random.Next(_rooms.Length)];
        switch (_random.Next(16))
        {
            case 0:
                Note($"the machine sends layers up to {_show.Harness.Relay.MaxLayer = _random.Next(SourceLayers.Max)}");
                break;
            case 1 or 2:
                ReportLoss();
                break;
            case 3 or 4:
                ToggleEncoding();
                break;
            case 5:
                RestartEncoding();
                break;
            case 6 or 7:
                MuteHost();
                break;
            case 8 or 9:
                ChangeMix(room);
                break;
            case 10:
                PublishAgain();
                break;
            case 11 or 12 or 13:
                HandOff(room);
                break;
            case 14:
                AddViewer();
                break;
            case 15:
                RemoveViewer();
                break;
        }
    }

    private void AddHost(Room room, int encodings)
    {
        var options = new SimulatedHostOptions(
            Pick(VideoCodec.Vp8, VideoCodec.H264), encodings, IsPaced: _random.Next(2) == 0, Identity: "host of " + room.Id);
        var host = _show.AddHost(room, options);
        if (_hasLoss)
        {
            host.Uplink.Delay = TimeSpan.FromMilliseconds(_random.Next(40));
            host.Uplink.Loss = Pick(0, 0, 0.01, 0.05);
            host.Uplink.LossBurst = Pick(1, 1, 3);
            host.Uplink.Duplicate = Pick(0, 0.02);
            host.Uplink.Reorder = Pick(0, 0.02, 0.1);
            host.Uplink.ReorderDelay = TimeSpan.FromMilliseconds(Pick(5, 10, 40));
        }

        Note($"host {host.Name} publishes in {room.Id}: {options}, loses {host.Uplink.Loss}, reorders {host.Uplink.Reorder} by {host.Uplink.ReorderDelay}");
    }

    private void AddViewer()
    {
        if (_show.Viewers.Count(viewer => !viewer.IsGone) >= MostViewers)
        {
            return;
        }

        var room = _rooms[_random.Next(_rooms.Length)];
        var viewer = _show.AddViewer(room, new SimulatedViewerOptions(HasRtx: _random.Next(3) > 0, HasTransportFeedback: _random.Next(2) == 0));
        if (_hasLoss && _random.Next(2) == 0)
        {
            viewer.Downlink.Delay = TimeSpan.FromMilliseconds(_random.Next(50));
            viewer.Downlink.Loss = Pick(0.01, 0.05, 0.2);
            viewer.Downlink.LossBurst = Pick(1, 1, 4);
            viewer.Downlink.Duplicate = 0.02;
            viewer.Downlink.Reorder = 0.02;
        }

        Note($"viewer {_show.Viewers.Count - 1} comes to {room.Id}: {viewer.Options}, loses {viewer.Downlink.Loss}");
    }

    private void RemoveViewer()
    {
        if (_show.Viewers.Count(viewer => !viewer.IsGone) > 2 && FindViewer() is { } viewer)
        {
            Note($"viewer {_show.Viewers.IndexOf(viewer)} leaves");
            viewer.Leave();
        }
    }

    private void ReportLoss()
    {
        if (FindViewer() is { } viewer)
        {
            viewer.ReportedLoss = Pick<byte?>(null, 0, 60);
            Note($"viewer {_show.Viewers.IndexOf(viewer)} reports a loss of {viewer.ReportedLoss}");
        }
    }

    private void ToggleEncoding()
    {
        if (FindHost() is { } host)
        {
            var encoding = _random.Next(host.Encodings.Count);
            if (host.Encodings.Count(candidate => candidate.IsOn) > 1 || !host.Encodings[encoding].IsOn)
            {
                host.Toggle(encoding);
                Note($"encoding {encoding} of host {host.Name} is {(host.Encodings[encoding].IsOn ? "back" : "gone")}");
            }
        }
    }

    private void RestartEncoding()
    {
        if (FindHost() is { } host)
        {
            var encoding = _random.Next(host.Encodings.Count);
            host.Restart(encoding);
            Note($"encoding {encoding} of host {host.Name} starts again under another SSRC");
        }
    }

    private void MuteHost()
    {
        if (FindHost() is { } host)
        {
            host.IsMuted = !host.IsMuted;
            Note($"host {host.Name} is {(host.IsMuted ? "silent" : "back")}");
        }
    }

    private void PublishAgain()
    {
        var room = _rooms[_random.Next(2)];
        AddHost(room, encodings: 1 + _random.Next(3));
    }

    private void ChangeMix(Room room)
    {
        var mix = _show.Mixes.Find(candidate => !candidate.IsRemoved);
        switch (mix is null ? -1 : _random.Next(3))
        {
            case -1:
                _show.AddMix(room, Pick(VideoCodec.H264, VideoCodec.Vp8));
                Note($"a mix joins {room.Id}");
                break;
            case 0:
                mix!.Source.Retire();
                Note("the mix retires");
                break;
            case 1:
                mix!.IsDead = true;
                mix.Source.Remove();
                Note("the mix is killed");
                break;
            case 2:
                mix!.IsDead = true;
                Note("the mix hangs");
                break;
        }
    }

    private void HandOff(Room room)
    {
        if (FindViewer() is { } viewer)
        {
            var taken = viewer.Session.HandOffTo(room);
            Note($"viewer {_show.Viewers.IndexOf(viewer)} is handed off to {room.Id}: {taken}");
            if (_random.Next(3) == 0)
            {
                _show.Run(_random.Next(100));
                var next = _rooms[_random.Next(_rooms.Length)];
                taken = viewer.Session.HandOffTo(next);
                Note($"and then to {next.Id}: {taken}");
            }
        }
    }

    private Shows.SimulatedViewer? FindViewer() => Find(_show.Viewers.FindAll(viewer => !viewer.IsGone));

    private Shows.SimulatedHost? FindHost() => Find(_show.Hosts.FindAll(host => !host.IsGone));

    /// <summary>Every host sends everything, nothing is lost, and all has the time that it takes.</summary>
    private void Settle()
    {
        Note("quiet");
        foreach (var host in _show.Hosts)
        {
            host.IsMuted = false;
            host.Uplink.Loss = host.Uplink.Reorder = host.Uplink.Duplicate = 0;
            host.Encodings.ForEach(encoding => encoding.IsOn = true);
        }

        foreach (var viewer in _show.Viewers)
        {
            viewer.ReportedLoss = 0;
            viewer.Downlink.Loss = viewer.Downlink.Reorder = viewer.Downlink.Duplicate = 0;
        }

        _show.Harness.Relay.MaxLayer = SourceLayers.Max - 1;
        _show.Run(7_000);
    }

    private void AssertEverybodySees()
    {
        for (var i = 0; i < _show.Viewers.Count; i++)
        {
            var viewer = _show.Viewers[i];
            if (viewer.IsGone)
            {
                continue;
            }

            var check = _show.CheckPicture(viewer);
            check.Run();
            var room = viewer.Session.Room;
            Assert.True(
                _show.Harness.Now - check.LastDecodedAt < Stale,
                $"viewer {i} in {room.Id} ({room.Feed.ActiveKind}) has no picture since {check.LastDecodedAt}, at {_show.Harness.Now}");
            AssertSource(i, viewer, room);
        }
    }

    private void AssertSource(int place, SimulatedViewer viewer, Room room)
    {
        var last = viewer.Video.Packets.Values.Last().Mark!.Value;
        var sound = viewer.Audio.Packets.Values.Last().Mark;
        var expected = room.Feed.ActiveKind == SourceKind.Slate ? Mark.Slate
            : _show.Mixes.Exists(mix => !mix.IsRemoved && mix.Name == last.Source) ? last.Source
            : HostOf(room)?.Name;
        Assert.True(last.Source == expected, $"viewer {place} in {room.Id} ({room.Feed.ActiveKind}) sees {last}, not {expected}");
        Assert.True((sound?.Source ?? Mark.Slate) == last.Source, $"viewer {place} in {room.Id} sees {last} and hears {sound}");
        if (!last.IsSlate)
        {
            LipSync.AssertAligned(viewer, place);
        }
    }

    private SimulatedHost? HostOf(Room room) => _show.Hosts.Find(host => host.Peer.Owner == room.Host);

    private void Note(string text) => _events.Add($"{_show.Harness.Now.Nanoseconds / 1_000_000,8} ms: {text}");

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    private T? Find<T>(List<T> list)
        where T : class => list.Count == 0 ? null : list[_random.Next(list.Count)];
}
