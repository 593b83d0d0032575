using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// The peer's re-configuration requests (RFC 6525 §5.2): resets of its outgoing streams are done, once all data before them is
/// here; it may get more streams up to our limit; nothing else is used by data channels (RFC 8831 §6.7), so the rest is denied.
/// </summary>
internal sealed class IncomingStreamResets
{
    private uint _lastSequence;
    private ReconfigResult _lastResult;
    /// <summary>Streams of a reset that waits for data; one entry <see cref="SctpEvent.AllStreams"/> for all.</summary>
    private ushort[]? _waiting;
    private Tsn _waitingFor;

    /// <summary>The sequence number of the last request that was answered.</summary>
    public uint LastSequence => _lastSequence;

    /// <summary>Streams that the peer may send on: what both sides said, and what was added since.</summary>
    public int IncomingStreams { get; private set; }

    public void Start(in SctpPeerTerms peer)
    {
        _lastSequence = peer.InitialTsn.Value - 1;
        _lastResult = ReconfigResult.NothingToDo;
        IncomingStreams = Math.Min(peer.OutgoingStreams, SctpOptions.MaxStreams);
        _waiting = null;
    }

    /// <summary>
    /// Takes one request. A repeated one gets its answer again; a reset that can be done at once is left to
    /// <see cref="TryPerform"/>, which is called at the packet's end.
    /// </summary>
    public void Handle(SctpParameterType type, ReadOnlySpan<byte> parameter, ControlChunks answers)
    {
        if (!ReconfigChunk.TryReadSequence(parameter, out var sequence))
        {
            return;
        }

        if (sequence == _lastSequence)
        {
            ReconfigChunk.TryQueueResponse(answers, sequence, _lastResult);
            return;
        }

        if (sequence != _lastSequence + 1 || _waiting is not null)
        {
            var refusal = _waiting is null ? ReconfigResult.BadSequenceNumber : ReconfigResult.RequestAlreadyInProgress;
            ReconfigChunk.TryQueueResponse(answers, sequence, refusal);
            return;
        }

        _lastSequence = sequence;
        _lastResult = type switch
        {
            SctpParameterType.OutgoingSsnResetRequest => BeginReset(parameter),
            SctpParameterType.AddOutgoingStreamsRequest => AddStreams(parameter),
            _ => ReconfigResult.Denied,
        };
        if (_lastResult != ReconfigResult.InProgress)
        {
            ReconfigChunk.TryQueueResponse(answers, sequence, _lastResult);
        }
    }

    /// <summary>
    /// True when a reset is to be done now, whose <paramref name="streams"/> are given and whose answer is queued. While data
    /// before it is missing the peer is told on its next request that the reset is in progress.
    /// </summary>
    public bool TryPerform(Tsn cumulative, ControlChunks answers, out ReadOnlySpan<ushort> streams)
    {
        streams = _waiting;
        if (_waiting is null || cumulative < _waitingFor)
        {
            return false;
        }

        _waiting = null;
        _lastResult = ReconfigResult.Performed;
        ReconfigChunk.TryQueueResponse(answers, _lastSequence, _lastResult);
        return true;
    }

    private ReconfigResult BeginReset(ReadOnlySpan<byte> parameter)
    {
        if (!ReconfigChunk.TryReadOutgoingReset(parameter, out var lastTsn, out var streams))
        {
            return ReconfigResult.Denied;
        }

        var count = streams.Length / sizeof(ushort);
        if (count > SctpOptions.MaxStreams)
        {
            return ReconfigResult.Denied;
        }

        var numbers = count == 0 ? [SctpEvent.AllStreams] : new ushort[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = BinaryPrimitives.ReadUInt16BigEndian(streams[(i * sizeof(ushort))..]);
            if (numbers[i] >= IncomingStreams)
            {
                return ReconfigResult.WrongStreamSequence;
            }
        }

        _waiting = numbers;
        _waitingFor = lastTsn;
        return ReconfigResult.InProgress;
    }

    private ReconfigResult AddStreams(ReadOnlySpan<byte> parameter)
    {
        if (!ReconfigChunk.TryReadAddStreams(parameter, out var count) || IncomingStreams + count > SctpOptions.MaxStreams)
        {
            return ReconfigResult.Denied;
        }

        IncomingStreams += count;
        return ReconfigResult.Performed;
    }
}
