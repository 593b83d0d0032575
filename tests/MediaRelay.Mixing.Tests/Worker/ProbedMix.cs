using System.Diagnostics;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Sources;
using MediaRelay.Testing.Probes.Viewers;
using MediaRelay.Transport;

namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>
/// Two probe hosts on one worker's link, a viewer of the mix, and one of what comes back to the first host. In real time, so what is
/// waited for is what was seen, and bounded.
/// </summary>
internal sealed class ProbedMix : IAsyncDisposable
{
    public const string RoomA = "room-a";
    public const string RoomB = "room-b";

    private const int Picture = 0;
    private const int Program = 1;
    private const int ForA = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // The machine may be busy with other tests: no judge of heartbeats.
    private static readonly MixerWorkerOptions Worker = new()
    {
        Executable = "dotnet",
        Arguments = [Path.Combine(AppContext.BaseDirectory, "MediaRelay.Mixing.Worker.dll"), MediaRelay.Mixing.Worker.MixerWorker.Verb],
        StartTimeout = TimeSpan.FromSeconds(60),
        HeartbeatTimeout = TimeSpan.FromSeconds(20),
        StallTimeout = TimeSpan.FromSeconds(20),
        StarvedTimeout = TimeSpan.FromSeconds(20),
        Nice = 0,
    };

    private readonly MixerProbeHost[] _hosts;

    private ProbedMix(LoopClock clock, MixerProbeHost[] hosts, ProbeViewer viewer, ProbeViewer listener, MixerProbeOutput output, MixerLink link)
    {
        Clock = clock;
        _hosts = hosts;
        Viewer = viewer;
        ListenerA = listener;
        Output = output;
        Link = link;
    }

    public LoopClock Clock { get; }

    public ProbeSource A => _hosts[0].Source;

    public ProbeSource B => _hosts[1].Source;

    /// <summary>Sees and hears the mix.</summary>
    public ProbeViewer Viewer { get; }

    /// <summary>Hears what the first host hears.</summary>
    public ProbeViewer ListenerA { get; }

    public MixerProbeOutput Output { get; }

    public MixerLink Link { get; }

    /// <summary>Starts hosts and worker; returns when both hosts were seen in the mix.</summary>
    public static async Task<ProbedMix> StartAsync(Layout layout)
    {
        var clock = new LoopClock(TimeProvider.System);
        var epoch = clock.Now;
        ProbeSourceOptions[] sources = [new(0, epoch), new(1, epoch) { Phase = TimeSpan.FromMilliseconds(13) }];
        ProbeScene[] scenes = [ProbeScene.Of("mix", layout, CanvasSize.Portrait, (RoomA, 0), (RoomB, 1))];
        MixerProbeHost[] hosts = Array.ConvertAll(sources, options => new MixerProbeHost(options.Source, new ProbeSource(options, clock), clock));
        var viewer = new ProbeViewer("mix", VideoCodec.H264, sources, scenes, clock);
        var listener = new ProbeViewer("return to A", codec: null, sources, scenes, clock);
        var output = new MixerProbeOutput(() => clock.Now, source => hosts[source].Source.RequestKeyFrame(clock.Now));
        output.Route(Picture, isVideo: true, viewer);
        output.Route(Program, isVideo: false, viewer);
        output.Route(ForA, isVideo: false, listener);
        var spec = new MixerSpec(
            "cohost",
            [
                new MixerSourceSpec(0, RoomA, "merchant-a", "Arbor", VideoCodec.H264),
                new MixerSourceSpec(1, RoomB, "merchant-b", "Birch", VideoCodec.H264),
            ],
            [MixerOutputSpec.Video(Picture, VideoCodec.H264, portrait: true), MixerOutputSpec.Program(Program), MixerOutputSpec.MixMinus(ForA, 0)],
            layout);
        var link = await MixerLink.StartAsync(spec, Worker, output, TimeProvider.System, CancellationToken.None);
        var mix = new ProbedMix(clock, hosts, viewer, listener, output, link);
        foreach (var host in hosts)
        {
            host.SetLink(link);
            host.Start();
        }

        await mix.UntilAsync("both hosts in the mix", picture => picture.Find(0) is not null && picture.Find(1) is not null);
        return mix;
    }

    /// <summary>Returns when the latest decoded picture is like that.</summary>
    public async Task<SeenPicture> UntilAsync(string what, Func<SeenPicture, bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            if (Viewer.Latest is { } picture && condition(picture))
            {
                return picture;
            }

            Assert.Null(Viewer.Failure);
            Assert.Null(A.Failure ?? B.Failure);
            Assert.True(
                Stopwatch.GetElapsedTime(started) < Longest,
                $"not seen within {Longest}: {what}; last: {Viewer.Latest}; the worker says: {string.Join(" | ", Output.Log)}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Plays on until the mix's timeline is that much further; gives the clock's time then.</summary>
    public async Task<Timestamp> PlayAsync(TimeSpan time)
    {
        var until = Viewer.Latest!.Time + (long)(time.TotalSeconds * 90_000);
        await UntilAsync($"{time} more", picture => picture.Time >= until);
        return Clock.Now;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            host.Dispose();
        }

        await Link.DisposeAsync();
        Viewer.Dispose();
        ListenerA.Dispose();
    }
}
