using System.Diagnostics.CodeAnalysis;
using MediaRelay.Protocols.Buffers;

namespace MediaRelay.Protocols.Dtls;

/// <summary>
/// A connection after its handshake, without OpenSSL: application data and alerts are all that is left to do, and for a server to
/// answer a client that missed its last flight. OpenSSL would keep 42 KB for it, half of them a buffer for handshake messages.
/// </summary>
internal sealed class EstablishedConnection : IDisposable
{
    // A caller drains after every datagram; this much unread means that it does not.
    private const int MaxPendingInput = 32 * 1024;

    // RFC 5246 §7.2.
    private const byte Warning = 1;
    private const byte Fatal = 2;
    private const byte CloseNotify = 0;
    private const int AlertLength = 2;

    // RFC 5246 §7.4.
    private const byte FinishedMessage = 20;

    private static ReadOnlySpan<byte> ChangeCipherSpec => [1];

    private readonly DatagramQueue _input = new(MaxPendingInput);
    private readonly DatagramQueue _output;
    private readonly RecordProtection _protection;

    // A server's Finished message, for a client that did not get it; null at a client, whose Finished the server has answered.
    private readonly byte[]? _finished;
    private long _nextPlainSequence;

    private EstablishedConnection(RecordProtection protection, DatagramQueue output, byte[]? finished, long nextPlainSequence)
    {
        _protection = protection;
        _output = output;
        _finished = finished;
        _nextPlainSequence = nextPlainSequence;
    }

    /// <summary>The description of the alert by which the peer has ended the connection; null while it has not.</summary>
    public byte? PeerAlert { get; private set; }

    /// <summary>The peer's last alert was close_notify.</summary>
    public bool IsClosedByPeer => PeerAlert == CloseNotify;

    public bool HasInput => !_input.IsEmpty;

    /// <summary>
    /// Takes a connection over whose handshake is done, whose application data is read and whose output is taken. False when its
    /// cipher is another than AES-128-GCM, or the keys do not fit: OpenSSL then goes on.
    /// </summary>
    /// <param name="session">Still the caller's to dispose.</param>
    /// <param name="role">Ours.</param>
    /// <param name="output">Where datagrams are put; the caller's.</param>
    /// <param name="connection">The connection.</param>
    public static bool TryTakeOver(
        DtlsSession session, DtlsRole role, DatagramQueue output, [NotNullWhen(true)] out EstablishedConnection? connection)
    {
        connection = null;
        var written = session.Written;
        if (!session.TryGetTrafficKeys(out var keys))
        {
            return false;
        }

        // That the keys open what OpenSSL wrote last proves them.
        if (RecordProtection.TryOpen(keys, role, written.Finished) is not [FinishedMessage, ..] finished)
        {
            keys.Dispose();
            return false;
        }

        var protection = new RecordProtection(keys, role, written.NextSequence, written.NextNonce);
        connection = new EstablishedConnection(
            protection, output, role == DtlsRole.Server ? finished : null, written.NextPlainSequence);
        return true;
    }

    /// <summary>
    /// Takes one whole record; false when it is forged, was received before, or too much is unread. What belongs to the handshake's
    /// plain part is ignored: it is repeated until our last flight has arrived, and anybody could write it.
    /// </summary>
    public bool HandleRecord(ReadOnlySpan<byte> record)
    {
        if (!DtlsRecords.IsEncrypted(record))
        {
            return true;
        }

        if (!DtlsRecords.IsOfFirstKeys(record)
            || !_input.TryReserve(record.Length, out var space)
            || !_protection.TryUnprotect(record, space, out var length))
        {
            return false;
        }

        var content = space[..length];
        switch (DtlsRecords.GetContentType(record))
        {
            case DtlsContentType.ApplicationData when length > 0:
                _input.Commit(length);
                break;
            case DtlsContentType.Alert when length == AlertLength && (content[0] == Fatal || content[1] == CloseNotify):
                PeerAlert = content[1];
                break;
            case DtlsContentType.Handshake when length > 0 && content[0] == FinishedMessage:
                RepeatLastFlight();
                break;
        }

        return true;
    }

    /// <summary>Takes the content of the next record of application data; a rest that does not fit comes with the next call.</summary>
    public bool TryRead(Span<byte> destination, out int length) => _input.TryTake(destination, out length);

    /// <summary>Puts one record of application data into the output; false when too much waits there.</summary>
    public bool TryWrite(ReadOnlySpan<byte> data) => TryPut(DtlsContentType.ApplicationData, data);

    /// <summary>
    /// Writes one record of application data straight into <paramref name="destination"/>, when nothing waits in the output before it.
    /// </summary>
    public bool TryProtect(ReadOnlySpan<byte> data, Span<byte> destination, out int length)
    {
        length = 0;
        if (!_output.IsEmpty || destination.Length < data.Length + RecordProtection.Overhead)
        {
            return false;
        }

        length = _protection.Protect(DtlsContentType.ApplicationData, data, destination);
        return true;
    }

    /// <summary>Puts close_notify into the output.</summary>
    public void WriteCloseNotify() => TryPut(DtlsContentType.Alert, [Warning, CloseNotify]);

    public void Dispose()
    {
        _input.Dispose();
        _protection.Dispose();
    }

    private bool TryPut(DtlsContentType type, ReadOnlySpan<byte> content)
    {
        if (!_output.TryReserve(content.Length + RecordProtection.Overhead, out var space))
        {
            return false;
        }

        _output.Commit(_protection.Protect(type, content, space));
        return true;
    }

    // RFC 6347 §4.2.4: a client that repeats its Finished did not get ours. The messages are the same, the records are new ones.
    private void RepeatLastFlight()
    {
        if (_finished is null)
        {
            return;
        }

        var first = DtlsRecords.HeaderLength + ChangeCipherSpec.Length;
        if (!_output.TryReserve(first + _finished.Length + RecordProtection.Overhead, out var space))
        {
            return;
        }

        DtlsRecords.WriteHeader(space, DtlsContentType.ChangeCipherSpec, epoch: 0, _nextPlainSequence++, ChangeCipherSpec.Length);
        ChangeCipherSpec.CopyTo(space[DtlsRecords.HeaderLength..]);
        _output.Commit(first + _protection.Protect(DtlsContentType.Handshake, _finished, space[first..]));
    }
}
