using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Time;
using MediaRelay.Server.Tests.Api.Media;
using MediaRelay.Server.Tests.EndToEnd.Processes;

namespace MediaRelay.Server.Tests.EndToEnd.Workers;

/// <summary>The real executable with hosts and viewers that need no browser, and rooms that co-host.</summary>
internal sealed class MixStage(ServerProcess server) : IDisposable
{
    /// <summary>How long anything may take on a machine that is busy with other things; figures are printed.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly HeadlessCrowd _crowd = new(new HttpClient { BaseAddress = server.Address });

    public ServerProcess Server => server;

    /// <summary>The viewers' clock.</summary>
    public Timestamp Now => _crowd.Now;

    /// <summary>A merchant and its room with the same name.</summary>
    public async Task RegisterAsync(string name)
    {
        await server.Platform.PutAsync($"/v1/merchants/{name}", new { name }, 201);
        await server.Platform.PutAsync($"/v1/rooms/{name}", new { merchantId = name, title = name }, 201);
    }

    public Task<HeadlessHost> PublishAsync(string room) =>
        _crowd.PublishAsync(room, new SyntheticMediaOptions { BitRate = 300_000, Width = 360, Height = 640 });

    public async Task<PictureGaps> WatchAsync(string room, string identity)
    {
        var gaps = new PictureGaps();
        await _crowd.WatchAsync(room, identity, new ViewerOptions { Data = false }, gaps);
        await Wait.UntilAsync($"{identity} sees pictures", Longest, () => Task.FromResult(gaps.Pictures > 10));
        return gaps;
    }

    /// <summary>Joins rooms at once, as the platform; gives the session's id.</summary>
    public async Task<string> JoinAsync(params string[] rooms)
    {
        var answer = await server.Platform.PostAsync("/v1/cohosts", new { rooms, state = "active" }, 201);
        return answer.GetProperty("cohostId").GetString()!;
    }

    public Task<JsonElement> PartAsync(string cohostId) => server.Platform.DeleteAsync($"/v1/cohosts/{cohostId}", 200);

    /// <summary>Returns when so many rooms show a mix; gives how long that took, in ms.</summary>
    public async Task<double> UntilMixedAsync(int rooms)
    {
        var watch = Stopwatch.StartNew();
        await UntilMetricAsync("mediarelay_feeds{shows=\"mix\"}", value => value == rooms);
        return watch.Elapsed.TotalMilliseconds;
    }

    public async Task UntilMetricAsync(string series, Func<double, bool> condition)
    {
        var watch = Stopwatch.StartNew();
        for (var value = await server.ReadMetricAsync(series); !condition(value); value = await server.ReadMetricAsync(series))
        {
            Assert.True(watch.Elapsed < Longest, $"{series} is {value.ToString(CultureInfo.InvariantCulture)} after {Longest}.\n{server.Log}");
            await Task.Delay(10);
        }
    }

    public void Dispose() => _crowd.Dispose();
}
