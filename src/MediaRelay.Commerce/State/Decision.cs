using MediaRelay.Commerce.Events;

namespace MediaRelay.Commerce.State;

/// <summary>
/// Changes decided together: each takes effect in memory at once, and all go to the store as one transaction. Whoever
/// writes into a decision has checked everything before, so it is never taken back.
/// </summary>
internal sealed class Decision(CommerceState state)
{
    private readonly List<CommerceChange> _changes = [];
    private readonly List<CommerceEvent> _events = [];

    public IReadOnlyList<CommerceChange> Changes => _changes;

    public IReadOnlyList<CommerceEvent> Events => _events;

    public void Record(CommerceChange change)
    {
        state.Apply(change);
        _changes.Add(change);
    }

    public void Announce(CommerceEvent commerceEvent) => _events.Add(commerceEvent);
}
