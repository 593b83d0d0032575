using MediaRelay.LoadGenerator.Measuring;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Sources;
using MediaRelay.Testing.Probes.Viewers;
using MediaRelay.Transport;

namespace MediaRelay.CoHostBench;

/// <summary>One co-host session: two hosts, a worker, and somebody who counts what comes out. Owns them.</summary>
internal sealed class BenchSession : IMixerOutput, IAsyncDisposable
{
    private const int Picture = 0;
    private const int Program = 1;
    private const int Small = 4;

    private readonly MixerProbeOutput _output;
    private MixerProbeHost[] _hosts = [];
    private MixerLink? _link;
    private long _pictures;

    private BenchSession(LoopClock clock) => _output = new MixerProbeOutput(() => clock.Now, static _ => { });

    public IReadOnlyList<MixerProbeHost> Hosts => _hosts;

    /// <summary>Whole pictures that came out of the mixer. Any thread.</summary>
    public long Pictures => Interlocked.Read(ref _pictures);

    public MixerStats Stats => _output.Stats;

    /// <summary>Whether the worker has ended, which it must not.</summary>
    public bool HasExited => _output.Exited.IsCompleted;

    public string Log => string.Join(" | ", _output.Log);

    /// <summary>Makes the hosts, which begin to capture; nothing is mixed yet.</summary>
    public static BenchSession Make(IReadOnlyList<ProbeSourceOptions> sources, IReadOnlyList<ProbeRecording> recordings, LoopClock clock)
    {
        var session = new BenchSession(clock)
        {
            _hosts = [.. sources.Select((options, i) => new MixerProbeHost(i, new ProbeSource(options, clock, recordings[i]), clock))],
        };
        foreach (var host in session._hosts)
        {
            host.Start();
        }

        return session;
    }

    /// <summary>Starts the worker and leads the hosts into it.</summary>
    /// <exception cref="MixerStartException">It did not start.</exception>
    public async Task StartMixAsync(BenchOptions options, MixerWorkerOptions worker, CancellationToken cancellation)
    {
        var spec = new MixerSpec(
            "bench",
            [
                new MixerSourceSpec(0, "0", "merchant-0", "Arbor", options.Codec),
                new MixerSourceSpec(1, "1", "merchant-1", "Birch", options.Codec),
            ],
            [
                MixerOutputSpec.Video(Picture, options.Codec, portrait: true),
                MixerOutputSpec.Program(Program),
                MixerOutputSpec.MixMinus(Program + 1, 0),
                MixerOutputSpec.MixMinus(Program + 2, 1),
            ],
            Layout.Auto)
        {
            VideoBitrateKbps = options.MixKbps,
        };
        _link = await MixerLink.StartAsync(spec, worker, this, TimeProvider.System, cancellation);
        if (options.HasSmall)
        {
            _link.AddOutput(MixerOutputSpec.SmallVideo(Small, options.Codec, portrait: true, options.MixKbps / 4));
        }

        foreach (var host in _hosts)
        {
            host.SetLink(_link);
        }
    }

    /// <summary>Lets a viewer decode the mix.</summary>
    public void Watch(ProbeViewer viewer)
    {
        _output.Route(Picture, isVideo: true, viewer);
        _output.Route(Program, isVideo: false, viewer);
        _link?.RequestKeyFrame(Picture);
    }

    /// <summary>CPU seconds and resident bytes of the worker; false when it is gone.</summary>
    public bool TryReadWorker(out double cpuSeconds, out long rssBytes)
    {
        (cpuSeconds, rssBytes) = (0, 0);
        return _link is not null && new ServerProcess(_link.ProcessId).TryRead(out cpuSeconds, out rssBytes);
    }

    public void OnRtp(int output, ReadOnlySpan<byte> rtp)
    {
        if (output == Picture && RtpPacket.TryParse(rtp, out var packet) && packet.Marker)
        {
            Interlocked.Increment(ref _pictures);
        }

        if (output != Small)
        {
            _output.OnRtp(output, rtp);
        }
    }

    public void OnCaptureMapping(int output, uint rtpTimestamp, NtpTime capture) => _output.OnCaptureMapping(output, rtpTimestamp, capture);

    public void OnKeyFrameNeeded(int source) => _output.OnKeyFrameNeeded(source);

    public void OnStats(MixerStats stats) => _output.OnStats(stats);

    public void OnLog(string line) => _output.OnLog(line);

    public void OnExited(MixerExit exit) => _output.OnExited(exit);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            host.Dispose();
        }

        if (_link is not null)
        {
            await _link.DisposeAsync();
        }
    }
}
