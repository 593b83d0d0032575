using System.Collections.Immutable;

namespace MediaRelay.Commerce.Interactions;

/// <summary>
/// Hands interactions to those who want them (reports, webhooks), each with a bounded queue of its own: who is slow loses the oldest, which
/// is counted, and holds up nobody. Not durable: what a crash loses are interactions of its last moment. Thread-safe.
/// </summary>
public sealed class InteractionStream
{
    private ImmutableArray<InteractionSubscription> _subscriptions = [];
    private long _published;

    /// <summary>Interactions so far.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Interactions that some subscriber lost because it was slow.</summary>
    public long Dropped => _subscriptions.Sum(subscription => subscription.Dropped);

    /// <summary>Takes part from now on, until the subscription is disposed.</summary>
    /// <param name="capacity">Interactions that may wait for this subscriber.</param>
    public InteractionSubscription Subscribe(int capacity)
    {
        var subscription = new InteractionSubscription(capacity, Remove);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Add(one), subscription);
        return subscription;
    }

    public void Publish(InteractionEvent interaction)
    {
        Interlocked.Increment(ref _published);
        foreach (var subscription in _subscriptions)
        {
            subscription.Offer(interaction);
        }
    }

    private void Remove(InteractionSubscription subscription) =>
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Remove(one), subscription);
}
