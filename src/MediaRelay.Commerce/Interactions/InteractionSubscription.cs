using System.Threading.Channels;

namespace MediaRelay.Commerce.Interactions;

/// <summary>One subscriber's queue of interactions, in the order of publishing.</summary>
public sealed class InteractionSubscription : IDisposable
{
    private readonly Channel<InteractionEvent> _queue;
    private readonly Action<InteractionSubscription> _remove;
    private long _dropped;

    internal InteractionSubscription(int capacity, Action<InteractionSubscription> remove)
    {
        _remove = remove;
        _queue = Channel.CreateBounded<InteractionEvent>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Ends when the subscription is disposed.</summary>
    public ChannelReader<InteractionEvent> Reader => _queue.Reader;

    /// <summary>Interactions that gave way to newer ones.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Dispose()
    {
        _remove(this);
        _queue.Writer.TryComplete();
    }

    internal void Offer(InteractionEvent interaction) => _queue.Writer.TryWrite(interaction);
}
