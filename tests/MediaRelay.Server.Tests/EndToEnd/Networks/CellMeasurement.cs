using MediaRelay.Server.Tests.EndToEnd.Browser;
using MediaRelay.Testing;

namespace MediaRelay.Server.Tests.EndToEnd.Networks;

/// <summary>What a viewer got of what a host sent in a while, and what the link did to it.</summary>
/// <param name="FramesSent">Pictures that the host sent.</param>
/// <param name="Received">The viewer's own account.</param>
/// <param name="LongestPauseMs">Longest time between two shown pictures.</param>
/// <param name="Link">What the link did to what the server sent.</param>
/// <param name="Relay">The server's account.</param>
internal sealed record CellMeasurement(
    long FramesSent, InboundStatistics Received, double LongestPauseMs, LinkCounters Link, RelayAccount Relay)
{
    /// <summary>Pictures decoded of those sent, 0–1; a little above 1 where the viewer caught up with what it had got before.</summary>
    public double DecodedShare => (double)Received.FramesDecoded / FramesSent;

    /// <summary>Measures for so long.</summary>
    public static async Task<CellMeasurement> TakeAsync(Scene scene, BusyHostPage host, WatchPage viewer, UdpLink link, TimeSpan duration)
    {
        var relayBefore = await RelayAccount.ReadAsync(scene.Server);
        var linkBefore = link.ToClients;
        var shownBefore = (await viewer.Picture.ReadAsync()).FrameCount;
        var sentBefore = await host.ReadFramesSentAsync();
        var receivedBefore = await viewer.ReadStatisticsAsync();

        // The one wait for time: how long a viewer watches is what is measured.
        await Task.Delay(duration);

        var sent = await host.ReadFramesSentAsync() - sentBefore;
        var received = (await viewer.ReadStatisticsAsync()).Since(receivedBefore);
        var pause = await viewer.Picture.ReadLongestPauseAsync(shownBefore - 1);
        var relay = (await RelayAccount.ReadAsync(scene.Server)).Since(relayBefore);
        return new CellMeasurement(sent, received, pause, link.ToClients - linkBefore, relay);
    }

    public override string ToString() => FormattableString.Invariant(
        $"{DecodedShare * 100:0.0} % of {FramesSent} frames decoded, {Received.FramesDropped} dropped, height {Received.FrameHeight}, ")
        + FormattableString.Invariant($"{Received.FreezeCount} freezes of {Received.TotalFreezesDuration:0.00} s, longest pause {LongestPauseMs:0} ms, ")
        + FormattableString.Invariant($"{Received.PacketsReceived} packets ({Received.RetransmittedPacketsReceived} by RTX, ")
        + FormattableString.Invariant($"{Received.PacketsLost} missing), {Received.NackCount} NACK, {Received.PliCount} PLI, ")
        + FormattableString.Invariant($"jitter buffer {Received.MeanJitterBufferDelayMs:0} ms, {Received.ConcealedShare * 100:0.0} % of the sound concealed, ")
        + FormattableString.Invariant($"the link lost {Link.Lost} of {Link.Sent}, {Relay}");
}
