namespace MediaRelay.Protocols.Rtp;

/// <summary>
/// Follows a 16-bit counter over its wraps. The first value stands for itself; each later one is the nearest to the one
/// before, so a value older than the first may come out negative.
/// </summary>
public sealed class SequenceUnwrapper
{
    private long? _last;

    public long Unwrap(SequenceNumber number) => Unwrap(number.Value);

    public long Unwrap(ushort value)
    {
        var unwrapped = Peek(value);
        _last = unwrapped;
        return unwrapped;
    }

    /// <summary>What <see cref="Unwrap(ushort)"/> would return, without moving.</summary>
    public long Peek(ushort value) => _last is { } last ? last + (short)(ushort)(value - (ushort)last) : value;
}
