using MediaRelay.Server.Tests.EndToEnd.Processes;

namespace MediaRelay.Server.Tests.EndToEnd.Networks;

/// <summary>What the server itself counts of lost and repeated packets, over all viewers.</summary>
/// <param name="AskedFor">Packets that viewers asked for again.</param>
/// <param name="Resent">Packets that were sent again.</param>
/// <param name="Limited">Packets that were asked for too often.</param>
/// <param name="Unanswered">Packets that were asked for and are not kept.</param>
/// <param name="OverBudget">Packets that the share of resends had no room for.</param>
/// <param name="GivenUp">Packets of an encoding that the viewer's path became too narrow for.</param>
/// <param name="KeyFramesAskedFor">Requests for a key frame that went to hosts.</param>
internal sealed record RelayAccount(
    double AskedFor, double Resent, double Limited, double Unanswered, double OverBudget, double GivenUp, double KeyFramesAskedFor)
{
    public static async Task<RelayAccount> ReadAsync(ServerProcess server) => new(
        await server.ReadMetricAsync("mediarelay_nack_received_total"),
        await server.ReadMetricAsync("mediarelay_packets_resent_total"),
        await server.ReadMetricAsync("mediarelay_nack_limited_total"),
        await server.ReadMetricAsync("mediarelay_nack_unanswered_total"),
        await server.ReadMetricAsync("mediarelay_nack_over_budget_total"),
        await server.ReadMetricAsync("mediarelay_nack_given_up_total"),
        await server.ReadMetricAsync("mediarelay_key_frame_requests_sent_total"));

    public RelayAccount Since(RelayAccount before) => new(
        AskedFor - before.AskedFor,
        Resent - before.Resent,
        Limited - before.Limited,
        Unanswered - before.Unanswered,
        OverBudget - before.OverBudget,
        GivenUp - before.GivenUp,
        KeyFramesAskedFor - before.KeyFramesAskedFor);

    public override string ToString() =>
        $"server: {AskedFor} asked for, {Resent} resent, {Limited} limited, {Unanswered} not kept, {OverBudget} over budget, "
        + $"{GivenUp} given up, {KeyFramesAskedFor} PLI to the host";
}
