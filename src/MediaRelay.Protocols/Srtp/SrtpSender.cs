using System.Buffers.Binary;
using System.Diagnostics;
using MediaRelay.Protocols.Buffers;

namespace MediaRelay.Protocols.Srtp;

/// <summary>
/// The RTP packets of one SSRC that a session sends: what protects them, found once instead of for each packet. Shares its state with the
/// <see cref="SrtpContext"/> that it comes from, and ends with it. One thread at a time.
/// </summary>
public sealed class SrtpSender
{
    private readonly SrtpTransform _transform;
    private readonly SrtpSource _source;
    private readonly nint _keys;
    private readonly int _keyLines;

    internal SrtpSender(SrtpTransform transform, SrtpSource source)
    {
        _transform = transform;
        _source = source;
        (_keys, _keyLines) = transform.RtpKeys;
    }

    /// <summary>As <see cref="SrtpContext.ProtectRtp"/>, for a header with this SSRC.</summary>
    public int Protect(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        Debug.Assert(BinaryPrimitives.ReadUInt32BigEndian(header[8..]) == _source.Ssrc, "another sender's packet");
        var index = _source.EstimateIndex(BinaryPrimitives.ReadUInt16BigEndian(header[2..]));
        if (index < 0)
        {
            return 0;
        }

        _source.NoteSent(index);
        return _transform.ProtectRtp(_source.Ssrc, index, header, payload, destination);
    }

    /// <summary>Asks for the memory that <see cref="Protect"/> needs.</summary>
    public void Fetch()
    {
        CacheLines.Fetch(_source, count: 1);
        CacheLines.Fetch(_transform, count: 2);
        CacheLines.Fetch(_keys, _keyLines);
    }
}
