using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Replay;

/// <summary>
/// Decides everything anew that a log says happened, in memory and with the rules of the live service; nothing that the
/// log led to is looked at.
/// </summary>
internal sealed class ReplayedNight
{
    private readonly Dictionary<MerchantId, LedgerDigest> _ledgers = [];
    private readonly Dictionary<MerchantId, List<LedgerEntry>> _entries = [];
    private readonly Dictionary<CoHostId, string> _timelines = [];
    private readonly CampaignDesk _campaigns;
    private LiveMoment _seen;

    public ReplayedNight(CommerceOptions options, ClickTokens clickTokens)
    {
        State = new CommerceState(options);

        // The one thing that came from outside stands beside the event.
        var facts = new OrderFacts(State, clickTokens, (_, _) => _seen, options.ClickWindow);
        _campaigns = new CampaignDesk(State);
        Orders = new OrderDesk(State, AttributionPolicy.V1, facts);
    }

    public CommerceState State { get; }

    /// <summary>Every ledger with entries.</summary>
    public IReadOnlyDictionary<MerchantId, LedgerDigest> Ledgers => _ledgers;

    public long OrderEvents { get; private set; }

    public long Changes { get; private set; }

    /// <summary>What draws and campaigns come to.</summary>
    public CampaignDigest Campaigns { get; } = new();

    /// <summary>Steps of all sessions' timelines.</summary>
    public long LayoutSteps { get; private set; }

    private OrderDesk Orders { get; }

    public void Apply(CommerceChange change)
    {
        Changes++;
        State.Apply(change);
        switch (change)
        {
            case CoHostChange { Session: { LastStep: { } step } session }:
                LayoutSteps++;
                _timelines[session.Id] = CoHostStep.After(
                    _timelines.GetValueOrDefault(session.Id), session, step.At, step.MediaTime).Hash;
                break;

            // Who wins is drawn again.
            case CampaignChange { Campaign: var campaign }:
                Campaigns.Add(campaign, _campaigns.OutcomeOf(campaign));
                break;
            default:
                Campaigns.Add(change);
                break;
        }
    }

    /// <summary>The hash that a session's last step has by all of its steps in the log; null without any.</summary>
    public string? Timeline(CoHostId session) => _timelines.GetValueOrDefault(session);

    /// <exception cref="CommerceStoreException">The event was accepted then and is not now: the log is not whole.</exception>
    public void Submit(RecordedOrderEvent recorded)
    {
        OrderEvents++;
        _seen = recorded.Seen;
        var id = recorded.Event.OrderId;
        if (!State.Orders.TryGet(id, out var order))
        {
            order = OrderState.From(id, StoredOrder.Empty);
            State.Orders.Add(order);
        }

        var decision = new Decision(State);
        if (!Orders.Submit(recorded.AcceptedAt, recorded.Event, order, null, decision).TryGet(out _, out var problem))
        {
            throw new CommerceStoreException(
                $"Order event {recorded.Arrival} ({recorded.Event.Kind} of '{id}') was accepted and is refused in the replay: {problem.Detail}");
        }

        foreach (var change in decision.Changes)
        {
            Collect(change);
        }
    }

    /// <summary>What a merchant's closed statements come to by the entries that were made anew, in their order.</summary>
    public ImmutableArray<StatementContent> Make(MerchantId merchant, IEnumerable<ClosedStatement> statements)
    {
        var builder = new StatementsBuilder(statements);
        _entries.GetValueOrDefault(merchant, []).ForEach(builder.Add);
        return builder.Build();
    }

    public LedgerDigest Ledger(MerchantId merchant)
    {
        if (!_ledgers.TryGetValue(merchant, out var ledger))
        {
            _ledgers[merchant] = ledger = new LedgerDigest(merchant);
        }

        return ledger;
    }

    private void Collect(CommerceChange change)
    {
        switch (change)
        {
            case LedgerChange { Entry: var entry }:
                Ledger(entry.MerchantId).Add(entry);
                if (!_entries.TryGetValue(entry.MerchantId, out var entries))
                {
                    _entries[entry.MerchantId] = entries = [];
                }

                entries.Add(entry);
                break;
            case AttributionChange { Record: var record }:
                Ledger(record.Owner).Add(record);
                break;
        }
    }
}
