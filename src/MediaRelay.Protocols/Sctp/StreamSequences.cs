using System.Numerics;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// The next stream sequence number of every stream, 0 for those that were never used. Grows with the highest stream used, which
/// stays below <see cref="SctpOptions.MaxStreams"/>.
/// </summary>
internal sealed class StreamSequences
{
    private ushort[] _next = [];

    public ref ushort this[ushort stream]
    {
        get
        {
            if (stream >= _next.Length)
            {
                Array.Resize(ref _next, Math.Max(4, (int)BitOperations.RoundUpToPowerOf2(stream + 1u)));
            }

            return ref _next[stream];
        }
    }

    /// <summary>The stream starts again (RFC 6525 §5).</summary>
    public void Reset(ushort stream)
    {
        if (stream < _next.Length)
        {
            _next[stream] = 0;
        }
    }

    public void ResetAll() => Array.Clear(_next);
}
