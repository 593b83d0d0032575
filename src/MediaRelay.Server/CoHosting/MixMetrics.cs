using System.Diagnostics.Metrics;
using MediaRelay.Mixing.Link;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.CoHosting;

/// <summary>How co-hosting fares: what mixers report, how long a session took to be seen, how often a worker died.</summary>
internal sealed class MixMetrics
{
    private readonly Counter<long> _composed;
    private readonly Counter<long> _late;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _black;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _lateBlocks;
    private readonly Counter<double> _concealed;
    private readonly Counter<double> _recovered;
    private readonly Counter<long> _latePackets;
    private readonly Histogram<double> _gain;
    private readonly Counter<long> _workerExits;
    private readonly Histogram<double> _delay;
    private readonly Histogram<double> _skew;
    private readonly Histogram<double> _setup;
    private readonly Histogram<double> _start;
    private readonly Histogram<double> _added;
    private readonly Counter<double> _held;
    private readonly Counter<long> _slow;
    private readonly Counter<long> _workersTaken;
    private readonly Counter<long> _bitRateChanges;

    public MixMetrics(IMeterFactory factory)
    {
        var meter = factory.CreateRelayMeter();
        _composed = meter.CreateCounter<long>("mix_frames_total", description: "Pictures composed.");
        _late = meter.CreateCounter<long>("mix_late_frames_total", description: "Ticks of the canvas clock whose picture was not ready.");
        _repeated = meter.CreateCounter<long>("mix_repeated_frames_total", description: "Tiles that showed a live source's picture again.");
        _black = meter.CreateCounter<long>("mix_black_frames_total", description: "Pictures with a tile that had nothing to show.");
        _fallbacks = meter.CreateCounter<long>("mix_encoder_fallbacks_total", description: "Configured encoders that failed and were replaced by software.");
        _lateBlocks = meter.CreateCounter<long>("mix_late_sound_blocks_total", description: "Blocks of 20 ms of sound left out for lack of CPU.");
        _concealed = meter.CreateCounter<double>("mix_concealed_seconds_total", description: "Sound of hosts that was lost or late, and made up.");
        _recovered = meter.CreateCounter<double>("mix_recovered_seconds_total", description: "Lost sound of hosts that the next packet had a copy of.");
        _latePackets = meter.CreateCounter<long>("mix_late_sound_packets_total", description: "Packets of hosts' sound that came after their time.");
        _gain = Histogram(meter, "mix_source_gain_decibels", "What hosts' sound is amplified by to be equally loud.", [-9, -6, -3, 0, 3, 6, 9, 12]);
        _workerExits = meter.CreateCounter<long>("mix_worker_exits_total", description: "Mixer workers that ended, by how.");
        _delay = Histogram(meter, "mix_delay_seconds", "Time from capture to the place in the mix.", [0.02, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5]);
        _skew = Histogram(meter, "mix_av_skew_seconds", "Distance of picture and sound at capture, worst source.", [0.005, 0.01, 0.02, 0.04, 0.08, 0.2]);
        _setup = Histogram(
            meter, "cohost_link_setup_seconds", "Time from an active session to the mix in every room's feed.", [0.2, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10]);
        _start = Histogram(
            meter, "mix_start_seconds", "Time from wanting a worker to each step of the mix's start.", [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5]);
        _added = Histogram(
            meter, "mix_added_latency_seconds", "Time that mixing adds to passing a picture on, worst source; once a second and mix.",
            [0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.3, 0.5]);
        _held = meter.CreateCounter<double>("mix_source_hold_seconds_total", description: "Time that a live source's last picture stood still in its tile.");
        _slow = meter.CreateCounter<long>("mix_slow_steps_total", description: "What was done because a mixer was too slow or calm again.");
        _bitRateChanges = meter.CreateCounter<long>(
            "mix_bit_rate_changes_total", description: "Changes of a mixed picture's bit rate to what its viewers' ways carry.");
        _workersTaken = meter.CreateCounter<long>("mix_worker_starts_total", description: "Mixers that came into view: a spare worker or a new one.");
    }

    public void Add(MixerStats before, MixerStats now)
    {
        _composed.Add(Math.Max(0, now.FramesComposed - before.FramesComposed));
        _late.Add(Math.Max(0, now.FramesLate - before.FramesLate));
        _repeated.Add(Math.Max(0, now.FramesRepeated - before.FramesRepeated));
        _black.Add(Math.Max(0, now.FramesBlack - before.FramesBlack));
        _fallbacks.Add(Math.Max(0, now.EncodersFallenBack - before.EncodersFallenBack));
        _lateBlocks.Add(Math.Max(0, now.BlocksLate - before.BlocksLate));
        foreach (var source in now.Sources)
        {
            var known = before.Sources.FirstOrDefault(other => other.Index == source.Index) ?? new MixerSourceStats();
            _concealed.Add(Math.Max(0, source.ConcealedMs - known.ConcealedMs) / 1000.0);
            _recovered.Add(Math.Max(0, source.RecoveredMs - known.RecoveredMs) / 1000.0);
            _latePackets.Add(Math.Max(0, source.SoundPacketsLate - known.SoundPacketsLate));
            if (source.IsLive)
            {
                _gain.Record(source.GainDb);
            }
        }

        _delay.Record(now.DelayMs / 1000);
        _skew.Record(Math.Abs(now.AvSkewMs) / 1000);
        _held.Add(Math.Max(0, now.Sources.Sum(source => source.HeldMs) - before.Sources.Sum(source => source.HeldMs)) / 1000.0);
        if (now.Sources.Any(source => source.IsLive))
        {
            _added.Record(now.Sources.Where(source => source.IsLive).Max(source => source.AddedLatencyMs) / 1000);
        }
    }

    public void Exited(string how) => _workerExits.Add(1, KeyValuePair.Create<string, object?>("kind", how));

    /// <summary>Every room shows the mix.</summary>
    public void SetUp(MixStart start)
    {
        foreach (var step in (string[])[MixStart.Worker, MixStart.Canvas, MixStart.Hosts, MixStart.Picture])
        {
            if (start.TryGet(step, out var at))
            {
                _start.Record(at.TotalSeconds, KeyValuePair.Create<string, object?>("step", step));
            }
        }

        if (start.TryGet(MixStart.Shown, out var shown))
        {
            _setup.Record(shown.TotalSeconds);
        }

        _workersTaken.Add(1, KeyValuePair.Create<string, object?>("kind", start.IsSpare ? "spare" : "new"));
    }

    public void BitRateChanged(long times) => _bitRateChanges.Add(times);

    public void Slow(SlowMixStep step) => _slow.Add(1, KeyValuePair.Create<string, object?>("step", SnakeCase.Of(step)));

    private static Histogram<double> Histogram(Meter meter, string name, string description, double[] buckets) => meter.CreateHistogram(
        name, null, description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
}
