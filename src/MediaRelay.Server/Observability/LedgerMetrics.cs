using System.Diagnostics.Metrics;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Server.Hosting;

namespace MediaRelay.Server.Observability;

/// <summary>The ledger's conservation law, and how many rooms and sessions there are. Asked by each scrape.</summary>
internal sealed class LedgerMetrics
{
    public LedgerMetrics(IMeterFactory factory, CommerceHost commerce, TimeProvider time)
    {
        var meter = factory.CreateRelayMeter();
        meter.CreateObservableGauge(
            "ledger_conservation_difference",
            () => commerce.Service.GetConservation().Select(sum => WithCurrency(sum.DifferenceMinor, sum.Currency)),
            description: "Merchants' ledgers plus what waits for its sale, less what the orders say, in minor units by currency. Must be 0.");
        meter.CreateObservableGauge(
            "ledger_unattributed",
            () => commerce.Service.GetConservation().Select(sum => WithCurrency(sum.UnattributedMinor, sum.Currency)),
            description: "What cancels and refunds that wait for their sale come to, in minor units by currency.");
        meter.CreateObservableGauge(
            "ledger_checkpoint_overdue_seconds", () => commerce.Service.CheckpointOverdue(time.GetUtcNow()).TotalSeconds,
            description: "By how long the signing of a ledger's head is late; 0 while none is.");
        meter.CreateObservableGauge(
            "statements_unsealed", () => commerce.Service.UnsealedStatements,
            description: "Closed statements whose digest is not made yet.");
        meter.CreateObservableGauge(
            "store_queued_transactions", () => commerce.Service.QueuedTransactions,
            description: "Changes that wait for the disk; at 20,000 further ones are refused.");
        meter.CreateObservableGauge(
            "store_working", () => commerce.Service.IsHealthy ? 1 : 0,
            description: "0 while the store has failed and is not read anew yet: changes are refused.");
        meter.CreateObservableGauge("rooms", () => commerce.Service.RoomCount, description: "Rooms that exist.");
        meter.CreateObservableGauge(
            "rooms_live", () => commerce.Service.ListRooms().Count(room => room.Show is not null), description: "Rooms with a running show.");
        meter.CreateObservableGauge(
            "cohost_sessions", () => CountSessions(commerce), description: "Co-host sessions that are not over, by state.");
    }

    private static IEnumerable<Measurement<int>> CountSessions(CommerceHost commerce)
    {
        var sessions = commerce.Service.ListCoHosts();
        foreach (var state in new[] { CoHostState.Invited, CoHostState.Active })
        {
            yield return new Measurement<int>(
                sessions.Count(session => session.State == state),
                KeyValuePair.Create<string, object?>("state", Api.CoHostViews.NameOf(state)));
        }
    }

    private static Measurement<long> WithCurrency(long minor, string currency) =>
        new(minor, KeyValuePair.Create<string, object?>("currency", currency));
}
