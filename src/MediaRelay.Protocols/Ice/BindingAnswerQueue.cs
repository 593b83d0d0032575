using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;

namespace MediaRelay.Protocols.Ice;

/// <summary>Answers to the peer's checks, oldest first, bounded: a caller that drains after every datagram never meets the bound.</summary>
internal sealed class BindingAnswerQueue
{
    private const int Capacity = 16;

    private readonly Queue<BindingAnswer> _answers = new();

    public bool TryEnqueue(in BindingAnswer answer)
    {
        if (_answers.Count == Capacity)
        {
            return false;
        }

        _answers.Enqueue(answer);
        return true;
    }

    /// <summary>Writes the oldest answer; <paramref name="destination"/> holds <see cref="StunMessageWriter.MaxBindingLength"/> bytes at least.</summary>
    public bool TryWrite(Span<byte> destination, out int length, out NetworkPath path)
    {
        if (!_answers.TryDequeue(out var answer))
        {
            length = 0;
            path = default;
            return false;
        }

        length = answer.Write(destination);
        path = answer.Path;
        return true;
    }
}
