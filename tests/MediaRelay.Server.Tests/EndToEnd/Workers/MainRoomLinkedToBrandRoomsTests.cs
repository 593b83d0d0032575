using MediaRelay.Server.Tests.EndToEnd.Processes;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.Workers;

[Collection(WorkersCollection.Name)]
public sealed class MainRoomLinkedToBrandRoomsTests(ITestOutputHelper output)
{
    private const int Brands = 7;
    private const double LongestGap = 1_000; // ms; 500 is aimed at, and printed, on a machine that runs nothing else

    [Fact]
    public async Task MainRoom_LinkedToSevenBrandRoomsOneAfterAnother_KeepsItsViewersOnOneTrack()
    {
        var data = Directory.CreateTempSubdirectory("mediarelay-e2e-chain-").FullName;
        await using (var server = await ServerProcess.StartAsync(data))
        {
            using var stage = new MixStage(server);
            await stage.RegisterAsync("main");
            await stage.PublishAsync("main");
            for (var i = 1; i <= Brands; i++)
            {
                await stage.RegisterAsync($"brand-{i}");
            }

            var gaps = await Task.WhenAll(stage.WatchAsync("main", "ann"), stage.WatchAsync("main", "bob"));
            var times = new List<double>();
            for (var i = 1; i <= Brands; i++)
            {
                await stage.PublishAsync($"brand-{i}");
                var session = await stage.JoinAsync("main", $"brand-{i}");
                times.Add(await stage.UntilMixedAsync(rooms: 2));

                // Another brand must wait for its turn.
                if (i < Brands)
                {
                    await server.Platform.PostAsync("/v1/cohosts", new { rooms = new[] { "main", $"brand-{i + 1}" }, state = "active" }, 409);
                }

                var seen = gaps[0].Pictures;
                await Wait.UntilAsync("pictures of the mix", MixStage.Longest, () => Task.FromResult(gaps[0].Pictures > seen + 30));
                await stage.PartAsync(session);
                await stage.UntilMixedAsync(rooms: 0);
            }

            foreach (var gap in gaps)
            {
                var (streams, arrival, media) = gap.Read();
                Figures.Print(output, "longest time between two pictures over seven links, as they came", arrival.TotalMilliseconds, "ms");
                Figures.Print(output, "longest time between two pictures over seven links, by their timestamps", media.TotalMilliseconds, "ms");
                Assert.Equal(1, streams);
                Assert.InRange(media.TotalMilliseconds, 0, LongestGap);
            }

            Figures.Print(output, "session asked for to mix in both rooms, worst of seven", times.Max(), "ms");
            Figures.Print(output, "session asked for to mix in both rooms, median of seven", Figures.Percentile(times, 50), "ms");
            var viewers = await server.ReadMetricAsync("mediarelay_viewers");
            Assert.Equal(2, viewers);
            await stage.UntilMetricAsync("mediarelay_mix_worker_exits_total{kind=\"stopped\"}", value => value == Brands);
            foreach (var line in server.Log.Split('\n').Where(line => line.Contains("is shown in every room", StringComparison.Ordinal)))
            {
                output.WriteLine(line);
            }
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task FourRooms_AtOnce_AllShowTheMix()
    {
        var data = Directory.CreateTempSubdirectory("mediarelay-e2e-four-").FullName;
        string[] rooms = ["one", "two", "three", "four"];
        await using (var server = await ServerProcess.StartAsync(data))
        {
            using var stage = new MixStage(server);
            foreach (var room in rooms)
            {
                await stage.RegisterAsync(room);
                await stage.PublishAsync(room);
            }

            await stage.WatchAsync("four", "ann");
            var session = await stage.JoinAsync(rooms);
            Figures.Print(output, "session of four rooms asked for to mix in all of them", await stage.UntilMixedAsync(rooms.Length), "ms");
            await server.Platform.PostAsync("/v1/cohosts", new { rooms = new[] { "one", "two" }, state = "active" }, 409);
            await stage.PartAsync(session);
            await stage.UntilMixedAsync(rooms: 0);
        }

        Directory.Delete(data, recursive: true);
    }
}
