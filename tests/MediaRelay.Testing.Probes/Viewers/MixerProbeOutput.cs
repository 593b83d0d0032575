using System.Collections.Concurrent;
using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>
/// Feeds probe viewers from a mixer's link: each watches the outputs that it is given, its picture and its sound. Asks nobody for key
/// frames; who runs the hosts is told which source's is needed.
/// </summary>
public sealed class MixerProbeOutput : IMixerOutput
{
    private readonly Func<Timestamp> _now;
    private readonly Action<int> _onKeyFrameNeeded;
    private readonly ConcurrentDictionary<int, (ProbeViewer Viewer, bool IsVideo)[]> _routes = new();
    private readonly TaskCompletionSource<MixerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MixerStats _stats = new();

    /// <param name="now">The clock of the run.</param>
    /// <param name="onKeyFrameNeeded">Hears which source is to send a key frame.</param>
    public MixerProbeOutput(Func<Timestamp> now, Action<int> onKeyFrameNeeded)
    {
        _now = now;
        _onKeyFrameNeeded = onKeyFrameNeeded;
    }

    public MixerStats Stats => Volatile.Read(ref _stats);

    /// <summary>What the worker wrote to its standard error.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public Task<MixerExit> Exited => _exited.Task;

    /// <summary>Gives an output's packets to a viewer too. Before or while the mix runs.</summary>
    public void Route(int output, bool isVideo, ProbeViewer viewer) =>
        _routes.AddOrUpdate(output, _ => [(viewer, isVideo)], (_, before) => [.. before, (viewer, isVideo)]);

    public void OnRtp(int output, ReadOnlySpan<byte> rtp)
    {
        if (_routes.TryGetValue(output, out var routes))
        {
            var now = _now();
            foreach (var (viewer, isVideo) in routes)
            {
                viewer.TakeRtp(isVideo, now, rtp);
            }
        }
    }

    public void OnCaptureMapping(int output, uint rtpTimestamp, NtpTime capture)
    {
        if (_routes.TryGetValue(output, out var routes))
        {
            foreach (var (viewer, isVideo) in routes)
            {
                viewer.TakeMapping(isVideo, new RtpTimestamp(rtpTimestamp), capture);
            }
        }
    }

    public void OnKeyFrameNeeded(int source) => _onKeyFrameNeeded(source);

    public void OnStats(MixerStats stats) => Volatile.Write(ref _stats, stats);

    public void OnLog(string line) => Log.Enqueue(line);

    public void OnExited(MixerExit exit) => _exited.TrySetResult(exit);
}
