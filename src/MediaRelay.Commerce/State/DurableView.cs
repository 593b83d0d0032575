using System.Collections.Immutable;
using System.Threading.Channels;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Sharing;

namespace MediaRelay.Commerce.State;

/// <summary>What readers see: what is durable, and nothing of what is only decided. Thread-safe.</summary>
/// <param name="events">Takes what is announced, in commit order.</param>
internal sealed class DurableView(ChannelWriter<CommerceEvent> events)
{
    private readonly Lock _gate = new();
    private Catalog? _catalog;
    private BoardWindows _boards = null!;

    public T Read<T>(Func<Catalog, T> read)
    {
        lock (_gate)
        {
            return read(_catalog!);
        }
    }

    /// <summary>What was sold by share code in an hour; null when the store has to be asked.</summary>
    public ImmutableArray<ShareCodeSales>? ReadBoard(MerchantId merchant, DateTimeOffset from)
    {
        lock (_gate)
        {
            return _boards.Read(merchant, from);
        }
    }

    /// <summary>Replaces all of it by what was read anew, and announces what became durable without being announced.</summary>
    public void Show(DateTimeOffset now, Catalog view, BoardWindows boards)
    {
        Catalog? before;
        lock (_gate)
        {
            (before, _catalog) = (_catalog, view);
            _boards = boards;
        }

        if (before is null)
        {
            return;
        }

        foreach (var commerceEvent in CatalogDifference.Between(now, before, view))
        {
            events.TryWrite(commerceEvent);
        }
    }

    /// <summary>A decision is durable. On the store's thread, in commit order.</summary>
    public void Publish(Decision decision)
    {
        lock (_gate)
        {
            foreach (var change in decision.Changes)
            {
                _catalog!.Apply(change);
                if (change is LedgerChange ledger)
                {
                    _boards.Add(ledger.Entry, ledger.OpensOrder);
                }
            }
        }

        foreach (var commerceEvent in decision.Events)
        {
            events.TryWrite(commerceEvent);
        }
    }
}
