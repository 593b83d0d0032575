using System.Diagnostics;
using MediaRelay.Server.Tests.EndToEnd.Processes;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.Workers;

[Collection(WorkersCollection.Name)]
public sealed class WorkerLossTests(ITestOutputHelper output)
{
    /// <summary>In ms; what is aimed at is printed beside it. The machine runs other tests' processes too.</summary>
    private const double LongestNoticing = 2_000;
    private const double LongestOutage = 5_000;

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task Worker_KilledOrHungDuringASession_IsReplacedByTheSpare(string signal)
    {
        var data = Directory.CreateTempSubdirectory("mediarelay-e2e-worker-").FullName;
        await using (var server = await ServerProcess.StartAsync(data))
        {
            using var stage = new MixStage(server);
            foreach (var room in (string[])["main", "brand"])
            {
                await stage.RegisterAsync(room);
                await stage.PublishAsync(room);
            }

            var viewer = await stage.WatchAsync("main", "ann");
            await stage.UntilMetricAsync("mediarelay_mix_spare_workers", value => value == 1);
            await stage.JoinAsync("main", "brand");
            var visible = await stage.UntilMixedAsync(rooms: 2);
            Figures.Print(output, "session asked for to mix in both rooms, with a spare worker", visible, "ms");
            await stage.UntilMetricAsync("mediarelay_mix_spare_workers", value => value == 1);

            var worker = Assert.Single(server.FindMixerWorkers());
            var asked = stage.Now;
            viewer.AwaitOwn(asked);
            using (var kill = Process.Start("kill", ["-" + signal, worker.ToString()]))
            {
                await kill.WaitForExitAsync();
            }

            await stage.UntilMetricAsync("mediarelay_mix_worker_starts_total{kind=\"spare\"}", value => value == 2);
            var back = (stage.Now - asked).TotalMilliseconds;
            Assert.NotNull(viewer.FirstOwn);
            var own = (viewer.FirstOwn.Value - asked).TotalMilliseconds;
            Figures.Print(output, $"SIG{signal} to a worker until a viewer has its own host's picture", own, "ms");
            Figures.Print(output, $"SIG{signal} to a worker until both rooms show a mix again", back, "ms");
            Assert.InRange(own, 0, LongestNoticing);
            Assert.InRange(back, 0, LongestOutage);
            Assert.NotEqual(worker, Assert.Single(server.FindMixerWorkers()));

            var (streams, arrival, media) = viewer.Read();
            Figures.Print(output, $"longest time between two pictures around SIG{signal}", arrival.TotalMilliseconds, "ms");
            Assert.Equal(1, streams);
            Assert.InRange(media.TotalMilliseconds, 0, LongestNoticing);
            var kind = signal == "KILL" ? "died" : "hung";
            Assert.Equal(1, await server.ReadMetricAsync($"mediarelay_mix_worker_exits_total{{kind=\"{kind}\"}}"));
            foreach (var line in server.Log.Split('\n').Where(line => line.Contains("is shown in every room", StringComparison.Ordinal)))
            {
                output.WriteLine(line);
            }
        }

        Directory.Delete(data, recursive: true);
    }
}
