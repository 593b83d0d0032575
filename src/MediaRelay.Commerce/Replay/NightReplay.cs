using System.Collections.Immutable;
using System.Globalization;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Replay;

/// <summary>
/// Makes ledgers, boards, facts, statements, draws, campaigns and the layout timeline anew from a store's log alone, and compares them with
/// what the store has. Reads only. Holds every order of the log in memory, some 2 KB each.
/// </summary>
public static class NightReplay
{
    /// <param name="options">As the service had them; the windows of origins and clicks decide.</param>
    /// <exception cref="CommerceStoreException">
    /// The store cannot be read, or its log is not whole (it began after the first order, or rows are gone).
    /// </exception>
    public static async Task<ReplayReport> RunAsync(
        CommerceStore store, CommerceOptions? options = null, CancellationToken cancellationToken = default)
    {
        var stored = new CommerceState(options ?? new CommerceOptions());
        var campaigns = new CampaignDigest();
        var totals = await store.LoadAsync(
            DateTimeOffset.MinValue,
            change =>
            {
                stored.Apply(change);
                campaigns.Add(change);
            },
            cancellationToken);
        stored.Restore(totals);
        var night = new ReplayedNight(Unbounded(options), new ClickTokens(totals.ClickTokenKey.AsSpan()));
        await store.ScanLogAsync(night.Apply, night.Submit, cancellationToken);

        var comparisons = ImmutableArray.CreateBuilder<ReplayComparison>();
        foreach (var merchant in stored.Catalog.Merchants.Select(merchant => merchant.Id)
            .Union(night.Ledgers.Keys).Order().ToList())
        {
            await CompareAsync(store, night, merchant, comparisons, cancellationToken);
        }

        comparisons.AddRange(night.Campaigns.Merchants.Union(campaigns.Merchants).Order().Select(
            merchant => new ReplayComparison($"campaigns {merchant}", night.Campaigns.Of(merchant), campaigns.Of(merchant))));
        comparisons.Add(new ReplayComparison("conservation", Sums(night.State), Sums(stored)));
        comparisons.Add(new ReplayComparison("shelves", Shelves(night.State), Shelves(stored)));
        comparisons.Add(new ReplayComparison("spotlights", Spotlights(night.State), Spotlights(stored)));
        comparisons.Add(new ReplayComparison("co-host sessions", Sessions(night.State), Sessions(stored)));
        comparisons.Add(LayoutTimeline(night, stored));
        return new ReplayReport(night.OrderEvents, night.Changes, comparisons.ToImmutable());
    }

    // An order that left memory would have to be read from the store, which is what is in question.
    private static CommerceOptions Unbounded(CommerceOptions? options) => new()
    {
        OriginWindow = (options ?? new CommerceOptions()).OriginWindow,
        ClickWindow = (options ?? new CommerceOptions()).ClickWindow,
        MaxOrigins = (options ?? new CommerceOptions()).MaxOrigins,
        MaxCachedOrders = int.MaxValue,
    };

    private static async Task CompareAsync(
        CommerceStore store, ReplayedNight night, MerchantId merchant,
        ImmutableArray<ReplayComparison>.Builder comparisons, CancellationToken cancellationToken)
    {
        var replayed = night.Ledger(merchant);
        var kept = new LedgerDigest(merchant);
        var head = await store.ScanLedgerAsync(merchant, kept.Add, cancellationToken);
        await store.ScanAttributionAsync(
            merchant,
            record =>
            {
                if (record.Owner == merchant)
                {
                    kept.Add(record);
                }
            },
            cancellationToken);

        // Equal heads of whole chains are equal entries.
        comparisons.Add(new ReplayComparison(
            $"ledger {merchant}", replayed.Head.Hash, kept.EndsIn(head) ? head.Hash : $"no whole chain up to {head.Hash}"));
        comparisons.Add(new ReplayComparison($"boards {merchant}", replayed.Boards, kept.Boards));
        comparisons.Add(new ReplayComparison($"facts {merchant}", replayed.Facts, kept.Facts));
        var statements = await AllStatementsAsync(store, merchant, cancellationToken);
        foreach (var made in night.Make(merchant, statements.Where(statement => statement.Digest is not null)))
        {
            comparisons.Add(new ReplayComparison($"statement {merchant} {made.Statement.Id}", made.Digest, made.Statement.Digest!));
        }
    }

    private static async Task<List<ClosedStatement>> AllStatementsAsync(
        CommerceStore store, MerchantId merchant, CancellationToken cancellationToken)
    {
        var all = new List<ClosedStatement>();
        ImmutableArray<ClosedStatement> page;
        do
        {
            page = await store.ReadStatementsAsync(
                merchant, all.Count == 0 ? null : all[^1].Id, LedgerPage.MaxLimit, cancellationToken);
            all.AddRange(page);
        }
        while (page.Length == LedgerPage.MaxLimit);
        return all;
    }

    private static string Sums(CommerceState state) => LineHash.Of(
        state.Sums.OrderBy(sum => sum.Currency, StringComparer.Ordinal).Select(sum => sum.ToString()));

    private static string Shelves(CommerceState state) => LineHash.Of(state.Catalog.Merchants.OrderBy(merchant => merchant.Id)
        .SelectMany(merchant => state.Catalog.Shelf(merchant.Id) is var shelf
            ? shelf.Items.Select(item => item.ToString()).Prepend($"{merchant.Id} {shelf.ETag}")
            : []));

    private static string Spotlights(CommerceState state) => LineHash.Of(state.Catalog.Rooms.OrderBy(room => room.Id)
        .Select(room => $"{room.Id} {state.Catalog.Spotlight(room.Id)}"));

    private static string Sessions(CommerceState state) => LineHash.Of(
        state.Catalog.Sessions.OrderBy(session => session.Id.Value, StringComparer.Ordinal).Select(SessionText.Of));

    // A session keeps its last step, whose hash covers all steps before. Sessions from before that are held against their last state alone.
    private static ReplayComparison LayoutTimeline(ReplayedNight night, CommerceState stored)
    {
        string Of(CommerceState state, Func<CoHostSession, string?> timelineOf) => LineHash.Of(
            state.Catalog.Sessions.OrderBy(session => session.Id.Value, StringComparer.Ordinal)
                .Select(session => $"{session.Id} {timelineOf(session) ?? SessionText.Of(session)}"));
        return new ReplayComparison(
            string.Create(CultureInfo.InvariantCulture, $"layout timeline ({night.LayoutSteps} steps)"),
            Of(night.State, session => night.Timeline(session.Id)), Of(stored, session => session.LastStep?.Hash));
    }
}
