using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// How quickly a viewer is sent the key frame of a smaller encoding after its path became much too narrow for the one before: twice the
/// estimate, which lies low then. In one go it would fill what is left of a queue on the path and lose its end, and nobody would notice
/// that before the next picture. For a second at most; what has not left by then goes as quickly as it can.
/// </summary>
internal sealed class StartPace(Timestamp startedAt)
{
    private const double ShareOfEstimate = 2;
    private const double FirstBytes = 2_400;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private double _bytes = FirstBytes;
    private Timestamp? _at;

    /// <summary>Whether a packet may leave now.</summary>
    public bool HasRoom => _bytes > 0;

    /// <summary>Adds what the time since the last call allows.</summary>
    public void Update(Timestamp now, long? estimateBitsPerSecond)
    {
        _bytes = estimateBitsPerSecond is { } estimate && now - startedAt < Longest
            ? Math.Min(FirstBytes, _bytes + ((now - (_at ?? startedAt)).TotalSeconds * estimate / 8 * ShareOfEstimate))
            : double.MaxValue;
        _at = now;
    }

    /// <summary>Charges a packet of so many bytes of payload.</summary>
    public void Take(int bytes) => _bytes -= bytes;
}
