using MediaRelay.Mixing.Link;

namespace MediaRelay.CoHostBench;

/// <summary>What one session's worker did in the measured window.</summary>
/// <param name="Cores">CPU of the worker process.</param>
/// <param name="Megabytes">Its resident memory at the end, MiB.</param>
/// <param name="PicturesPerSecond">Whole pictures that came out.</param>
/// <param name="Late">Pictures that the canvas clock left out.</param>
/// <param name="Repeated">Tiles that showed a host's picture a second time.</param>
/// <param name="Skipped">Pictures that the encoder was too slow for.</param>
internal sealed record SessionFigures(
    double Cores, double Megabytes, double PicturesPerSecond, long Late, long Repeated, long Skipped, long SoundLate, double DelayMs)
{
    /// <summary>A session that shows fewer is not held.</summary>
    public const double LeastPicturesPerSecond = 29;

    public bool IsHeld => PicturesPerSecond >= LeastPicturesPerSecond;

    public static SessionFigures Between(Reading before, Reading after)
    {
        var seconds = (after.At - before.At).TotalSeconds;
        return new SessionFigures(
            (after.CpuSeconds - before.CpuSeconds) / seconds,
            after.RssBytes / (1024.0 * 1024),
            (after.Pictures - before.Pictures) / seconds,
            after.Stats.FramesLate - before.Stats.FramesLate,
            after.Stats.FramesRepeated - before.Stats.FramesRepeated,
            after.Stats.FramesSkippedByEncoder - before.Stats.FramesSkippedByEncoder,
            after.Stats.BlocksLate - before.Stats.BlocksLate,
            after.Stats.DelayMs);
    }

    /// <summary>A session's counters at one moment.</summary>
    internal sealed record Reading(Protocols.Time.Timestamp At, double CpuSeconds, long RssBytes, long Pictures, MixerStats Stats);
}
