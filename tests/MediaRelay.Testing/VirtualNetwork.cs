using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing;

/// <summary>
/// Two ends joined by two <see cref="VirtualLink"/>s in virtual time. The same seed and the same calls give the same run; tests put
/// <see cref="Seed"/> into their failure messages.
/// </summary>
public sealed class VirtualNetwork
{
    public VirtualNetwork(int seed)
    {
        Seed = seed;
        AToB = new VirtualLink(new Random(seed));
        BToA = new VirtualLink(new Random(unchecked(seed * 31) + 1));
    }

    public int Seed { get; }

    public VirtualLink AToB { get; }

    public VirtualLink BToA { get; }

    /// <summary>When the next datagram arrives at either end.</summary>
    public Timestamp NextArrival => Timestamp.Min(AToB.NextArrival, BToA.NextArrival);

    /// <summary>Sets both directions alike.</summary>
    public VirtualNetwork Configure(Action<LinkConditions> set)
    {
        set(AToB.Conditions);
        set(BToA.Conditions);
        return this;
    }

    public override string ToString() =>
        $"seed {Seed}; A to B: {AToB.Sent} sent, {AToB.Lost} lost; B to A: {BToA.Sent} sent, {BToA.Lost} lost";
}
