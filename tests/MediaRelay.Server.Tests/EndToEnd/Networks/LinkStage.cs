using System.Runtime.CompilerServices;
using MediaRelay.Testing;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.Networks;

/// <summary>
/// A server that announces a <see cref="UdpLink"/> as its only address, and a browser. Viewers reach it through the link; hosts, whose
/// answers are changed on the way, reach it directly: what a viewer sees then is the viewer's network.
/// </summary>
public sealed class LinkStage : IAsyncLifetime
{
    private const int Seed = 20_200_616;

    private readonly Stage _stage;

    public LinkStage()
    {
        Link = new UdpLink(Seed);
        _stage = new Stage("server-behind-link", ["--MediaRelay:Media:PublicAddresses:0", Link.Address.ToString()], LeadHostsAroundAsync);
    }

    internal UdpLink Link { get; }

    public async Task InitializeAsync()
    {
        await _stage.InitializeAsync();
        Link.Start(_stage.Server.Media);
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        Link.Dispose();
    }

    /// <summary>Plays a scenario; the link is perfect before and after it.</summary>
    internal async Task PlayAsync(
        ITestOutputHelper output, Func<Scene, Task> scenario, string? codecOfA = null, [CallerMemberName] string name = "")
    {
        var toServer = Link.ToServer;
        var toClients = Link.ToClients;
        try
        {
            await _stage.PlayAsync(output, scenario, codecOfA, name: name);
        }
        finally
        {
            output.WriteLine($"to the server: {Link.ToServer - toServer}");
            output.WriteLine($"to clients: {Link.ToClients - toClients}");
            Link.Configure(Clear);
        }
    }

    /// <summary>Makes both directions lose datagrams and take half of a round trip each.</summary>
    internal void SetConditions(double loss, TimeSpan roundTrip) => Link.Configure(conditions =>
    {
        conditions.Loss = loss;
        conditions.Delay = roundTrip / 2;
    });

    private static void Clear(LinkConditions conditions)
    {
        conditions.Loss = 0;
        conditions.Delay = TimeSpan.Zero;
        conditions.Jitter = TimeSpan.Zero;
        conditions.BitRate = 0;
        conditions.QueueTime = TimeSpan.Zero;
    }

    private Task LeadHostsAroundAsync(IPage page) => page.RouteAsync("**/whip/*", async route =>
    {
        var answer = await route.FetchAsync();
        var sdp = await answer.TextAsync();
        await route.FulfillAsync(new RouteFulfillOptions
        {
            Response = answer,
            Body = sdp.Replace($" {Link.Address.Port} typ host", $" {_stage.Server.Media.Port} typ host", StringComparison.Ordinal),
        });
    });
}
