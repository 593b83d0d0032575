using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Commerce.State;

/// <summary>
/// Everything that decisions rest on, with every change that was decided, durable or not. Owned by the <see
/// cref="CommerceService"/>, which locks it.
/// </summary>
internal sealed class CommerceState(CommerceOptions options)
{
    private readonly Dictionary<MerchantId, LedgerHead> _heads = [];
    private readonly Dictionary<string, Conservation> _sums = [];
    private readonly List<ClosedStatement> _unsealed = [];
    private readonly Dictionary<string, LedgerPublicKey> _ledgerKeys = [];

    public Catalog Catalog { get; } = new();

    public ShareCodes ShareCodes { get; } = new();

    public ViewerOrigins Origins { get; } = new(options.OriginWindow, options.MaxOrigins);

    public Participants Participants { get; } = new();

    public OrderCache Orders { get; } = new(options.MaxCachedOrders);

    public CheckpointSchedule Checkpoints { get; } = new(options.CheckpointEntries, options.CheckpointInterval);

    /// <summary>Every key that a checkpoint was ever signed with, by its id.</summary>
    public IReadOnlyDictionary<string, LedgerPublicKey> LedgerKeys => _ledgerKeys;

    /// <summary>Closed statements without a digest, the oldest first.</summary>
    public IReadOnlyList<ClosedStatement> UnsealedStatements => _unsealed;

    public WebhookBook Webhooks { get; } = new();

    public long LastOrderArrival { get; private set; }

    public long LastQuarantineSeq { get; private set; }

    public IEnumerable<Conservation> Sums => _sums.Values;

    public LedgerHead Head(MerchantId merchant) =>
        _heads.TryGetValue(merchant, out var head) ? head : LedgerHead.Genesis(merchant);

    public void Apply(CommerceChange change)
    {
        switch (change)
        {
            case OrderEventChange { Event: var recorded }:
                Orders[recorded.Event.OrderId].Set(recorded);
                Orders.Own(recorded.Event);
                LastOrderArrival = Math.Max(LastOrderArrival, recorded.Arrival);
                break;
            case AttributionChange { Record: var record }:
                Orders[record.OrderId].Set(record);
                break;
            case LedgerChange { Entry: var entry }:
                _heads[entry.MerchantId] = new LedgerHead(entry.MerchantId, entry.Seq, entry.Hash);
                AddToSums(entry);
                Checkpoints.Add(entry);
                break;
            case OrderSumChange sum:
                var old = Sum(sum.Currency);
                _sums[sum.Currency] = old with
                {
                    TotalMinor = old.TotalMinor + sum.TotalMinor,
                    UnattributedMinor = old.UnattributedMinor + sum.UnattributedMinor,
                };
                break;
            case QuarantineChange { Event: var quarantined }:
                Orders[quarantined.Event.OrderId].Quarantine(quarantined.Event);
                LastQuarantineSeq = Math.Max(LastQuarantineSeq, quarantined.Seq);
                break;
            case ShareCodeChange { Entry: var entry }:
                ShareCodes.Set(entry);
                break;
            case ViewerTouchChange { Touch: var touch }:
                Origins.Set(touch);
                break;
            case LedgerKeyChange { Key: var key }:
                _ledgerKeys[key.KeyId] = key;
                break;
            case CheckpointChange { Checkpoint: var checkpoint }:
                Checkpoints.Add(checkpoint);
                break;
            case StatementChange { Statement: var statement }:
                Set(statement);
                break;
            case ParticipationChange { Participation: var participation }:
                Participants.Add(participation);
                Catalog.Apply(change);
                break;
            default:
                Catalog.Apply(change);
                Webhooks.Apply(change);
                break;
        }
    }

    public void Restore(StoredTotals totals)
    {
        foreach (var head in totals.Heads)
        {
            _heads[head.MerchantId] = head;
            Checkpoints.Restore(head);
        }

        foreach (var sum in totals.Sums)
        {
            _sums[sum.Currency] = sum;
        }

        LastOrderArrival = totals.LastOrderArrival;
        LastQuarantineSeq = totals.LastQuarantineSeq;
    }

    private void Set(ClosedStatement statement)
    {
        _unsealed.RemoveAll(known => known.MerchantId == statement.MerchantId && known.Id == statement.Id);
        if (statement.Digest is null)
        {
            _unsealed.Add(statement);
        }
    }

    // Redemptions move no money: they say that something sold (or given) was handed over.
    private void AddToSums(LedgerEntry entry)
    {
        if (entry is { AmountMinor: { } amount, Currency: { } currency } && entry.Kind != LedgerKind.Redemption)
        {
            var sum = Sum(currency);
            _sums[currency] = sum with { MerchantsMinor = sum.MerchantsMinor + amount };
        }
    }

    private Conservation Sum(string currency) =>
        _sums.TryGetValue(currency, out var sum) ? sum : new Conservation(currency, 0, 0, 0);
}
