using System.Diagnostics;
using MediaRelay.Server.Tests.EndToEnd.Processes;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.Workers;

[Collection(WorkersCollection.Name)]
public sealed class SessionSurvivesRestartTests(ITestOutputHelper output)
{
    private const double LongestReturn = 15_000; // ms; 5,000 is aimed at on a machine of its own

    [Fact]
    public async Task Session_ActiveWhenTheServerIsKilled_IsMixedAgainWithItsConsents()
    {
        var data = Directory.CreateTempSubdirectory("mediarelay-e2e-restart-").FullName;
        string id, before;
        await using (var server = await ServerProcess.StartAsync(data))
        {
            using var stage = new MixStage(server);
            await stage.RegisterAsync("main");
            await stage.RegisterAsync("brand");
            await stage.PublishAsync("main");
            await stage.PublishAsync("brand");
            var invited = await server.Merchant("main").PostAsync("/v1/cohosts", new { rooms = new[] { "main", "brand" } }, 201);
            id = invited.GetProperty("cohostId").GetString()!;
            before = (await server.Merchant("brand").PostAsync($"/v1/cohosts/{id}/accept")).GetRawText();
            await stage.UntilMixedAsync(rooms: 2);
            await server.KillAsync();
        }

        await using (var server = await ServerProcess.StartAsync(data))
        {
            var watch = Stopwatch.StartNew();
            using var stage = new MixStage(server);

            // Who agreed and when is what it was; so is the state.
            Assert.Equal(before, (await server.Platform.GetAsync($"/v1/cohosts/{id}")).GetRawText());
            await stage.PublishAsync("main");
            var viewer = await stage.WatchAsync("main", "ann");
            await stage.UntilMixedAsync(rooms: 2);
            Figures.Print(output, "ready after a restart to the mix in both rooms, one host back", watch.Elapsed.TotalMilliseconds, "ms");
            Assert.InRange(watch.Elapsed.TotalMilliseconds, 0, LongestReturn);

            // The other host was away; the session goes on without it, and with it when it is back.
            await stage.PublishAsync("brand");
            await stage.UntilMetricAsync("mediarelay_hosts", value => value == 2);
            var seen = viewer.Pictures;
            await Wait.UntilAsync("pictures go on", MixStage.Longest, () => Task.FromResult(viewer.Pictures > seen + 30));
            Assert.Equal(1, viewer.Read().Streams);
            Assert.Equal("ended", (await stage.PartAsync(id)).GetProperty("state").GetString());
            await stage.UntilMixedAsync(rooms: 0);
        }

        await using (var server = await ServerProcess.StartAsync(data))
        {
            Assert.Equal("ended", (await server.Platform.GetAsync($"/v1/cohosts/{id}")).GetProperty("state").GetString());
            Assert.Empty(server.FindMixerWorkers());
        }

        Directory.Delete(data, recursive: true);
    }
}
