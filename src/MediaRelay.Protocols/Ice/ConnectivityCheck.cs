using MediaRelay.Protocols.Stun;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Ice;

/// <summary>
/// One Binding request under way and when to send it again: doubling from 500 ms, 7 times at most, then 16 times the first interval
/// of waiting (RFC 8489 §6.2.1; RFC 8445 §14.3 sets the 500 ms).
/// </summary>
internal sealed class ConnectivityCheck(bool isNomination)
{
    private const int MaxSends = 7;
    private static readonly TimeSpan InitialTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastTimeout = InitialTimeout * 16;

    private int _sends;

    public TransactionId TransactionId { get; } = TransactionId.Create();

    /// <summary>The request carries USE-CANDIDATE.</summary>
    public bool IsNomination { get; } = isNomination;

    /// <summary>When to send next; at once when it was never sent.</summary>
    public Timestamp NextSend { get; private set; } = Timestamp.Zero;

    /// <summary>Sent as often as it may be; at <see cref="NextSend"/> it has failed.</summary>
    public bool IsLastSent => _sends == MaxSends;

    public void NoteSent(Timestamp now)
    {
        _sends++;
        NextSend = now + (IsLastSent ? LastTimeout : InitialTimeout * (1 << (_sends - 1)));
    }
}
