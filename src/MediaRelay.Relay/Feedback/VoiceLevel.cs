using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Feedback;

/// <summary>
/// How loud a host is, from the levels that its packets carry (RFC 6464), smoothed over a third of a second so that a cough is no speech.
/// Written by the host's loop, read by any thread.
/// </summary>
public sealed class VoiceLevel
{
    /// <summary>Speech lies above this, the noise of a room below; in dBov.</summary>
    public const double SpeechThreshold = -50;

    private const double Silence = -127;

    // Of packets of 20 ms.
    private const double Smoothing = 1 / 16.0;

    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(1);

    private long _at = long.MinValue;
    private double _decibels = Silence;

    /// <summary>A packet's level: 0 (loudest) to 127 (silent), in −dBov.</summary>
    public void OnLevel(Timestamp now, byte level)
    {
        var before = Volatile.Read(ref _decibels);
        Volatile.Write(ref _decibels, before + ((-level - before) * Smoothing));
        Volatile.Write(ref _at, now.Nanoseconds);
    }

    /// <summary>The loudness in dBov; null when no level came for a second: the host does not send any, or is gone.</summary>
    public double? At(Timestamp now) =>
        Volatile.Read(ref _at) is var at && at != long.MinValue && now - new Timestamp(at) < Gone ? Volatile.Read(ref _decibels) : null;
}
