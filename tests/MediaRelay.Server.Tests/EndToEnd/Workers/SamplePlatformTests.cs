using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MediaRelay.Server.Options;
using MediaRelay.Server.Tests.EndToEnd.Processes;

namespace MediaRelay.Server.Tests.EndToEnd.Workers;

/// <summary><c>samples/platform.mjs</c>, as a reader of docs/integration.md runs it.</summary>
[Collection(WorkersCollection.Name)]
public sealed class SamplePlatformTests
{
    private const int Orders = 30;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly string Sample = Path.GetFullPath(Path.Combine(TestPaths.Tools, "..", "samples", "platform.mjs"));

    [Fact]
    public async Task Platform_OnLiveRooms_SellsIsToldAndReportsTheSame()
    {
        var data = Directory.CreateTempSubdirectory("mediarelay-e2e-sample-").FullName;
        try
        {
            await using var server = await ServerProcess.StartAsync(data, "--MediaRelay:Webhooks:AllowPrivateAddresses", "true");
            using var stage = new MixStage(server);
            foreach (var (merchant, room) in new[] { ("tea", "tea-live"), ("silk", "silk-live") })
            {
                await server.Platform.PutAsync($"/v1/merchants/{merchant}", new { name = merchant }, 201);
                await server.Platform.PutAsync($"/v1/rooms/{room}", new { merchantId = merchant, title = room }, 201);
                await stage.PublishAsync(room);
                await Wait.UntilAsync($"{room} is live", Longest, async () => (await server.Platform.GetAsync($"/v1/rooms/{room}")).GetProperty("live").GetBoolean());
            }

            var (exitCode, said) = await RunNodeAsync(
                [Sample],
                ("RELAY_URL", server.Address.ToString()), ("RELAY_KEY", AuthOptions.DevelopmentKey), ("RELAY_SECRET", AuthOptions.DevelopmentSecret),
                ("ORDERS", Orders.ToString(CultureInfo.InvariantCulture)), ("LOSE_EVERY", "3"));

            // 15 orders in each room, of which 5 have a line of the other's too; the first of tea is refunded.
            Assert.True(exitCode == 0, said);
            Assert.Equal(
                [
                    "joined: tea-live and silk-live",
                    "reported: 31 events, 10 of them again",
                    "told of tea: 21 ledger entries, net 93100 CNY",
                    "told of silk: 20 ledger entries, net 318000 CNY",
                    "report of tea in silk-live (show): 5 orders, gross 24500 net 24500 CNY",
                    "report of tea in tea-live (show): 15 orders, gross 73500 net 68600 CNY",
                    "report of silk in silk-live (show): 15 orders, gross 238500 net 238500 CNY",
                    "report of silk in tea-live (show): 5 orders, gross 79500 net 79500 CNY",
                ],
                said.Split('\n').Take(8));
            Assert.Matches("^received: [0-9]+ events, 0 refused$", said.TrimEnd().Split('\n')[^1]);

            // The relay's own record, and nothing left behind.
            Assert.Equal((21, 93100), await SumAsync(server, "tea"));
            Assert.Equal((20, 318000), await SumAsync(server, "silk"));
            Assert.Equal(0, (await server.Platform.GetAsync("/v1/webhooks")).GetProperty("webhooks").GetArrayLength());
            Assert.False((await server.Platform.GetAsync("/v1/rooms/tea-live")).TryGetProperty("cohostId", out var cohost) && cohost.ValueKind == JsonValueKind.String);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Signature_TrueForgedAndOld_OnlyTheTrueOneIsTaken()
    {
        const string secret = "whsec_sample";
        const long at = 1_592_308_800;
        const string body = "{\"id\":\"1\"}";
        var good = Sign(secret, at, body);
        var old = Sign(secret + "-before", at, body);
        var calls = new object[][]
        {
            [$"t={at},v1={good}", body, secret, at],
            [$"t={at},v1={good}", body, secret, at + 299],
            [$"t={at},v1={old},v1={good}", body, secret, at],
            [$"t={at},v1={good}", body, secret, at + 301],
            [$"t={at},v1={good}", body, secret, at - 301],
            [$"t={at + 1},v1={good}", body, secret, at],
            [$"t={at},v1={good}", body + " ", secret, at],
            [$"t={at},v1={old}", body, secret, at],
            [$"t={at},v1={good[..62]}", body, secret, at],
            [$"v1={good}", body, secret, at],
            ["", body, secret, at],
        };

        var (exitCode, said) = await RunNodeAsync(
            [
                "--input-type=module", "--eval",
                "const { isSigned } = await import(process.env.SAMPLE); for (const one of JSON.parse(process.env.CALLS)) console.log(isSigned(...one));",
            ],
            ("SAMPLE", new Uri(Sample).AbsoluteUri), ("CALLS", JsonSerializer.Serialize(calls)));

        Assert.True(exitCode == 0, said);
        Assert.Equal([.. Enumerable.Repeat("true", 3), .. Enumerable.Repeat("false", 8)], said.TrimEnd().Split('\n'));
    }

    private static string Sign(string secret, long at, string body) => Convert.ToHexStringLower(HMACSHA256.HashData(
        Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at}.{body}"))));

    /// <summary>A merchant's entries but for referrals, and the sum of their amounts.</summary>
    private static async Task<(int Entries, long NetMinor)> SumAsync(ServerProcess server, string merchant)
    {
        var ledger = await server.Merchant(merchant).GetAsync($"/v1/merchants/{merchant}/ledger");
        var amounts = ledger.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("kind").GetString() != "referral")
            .Select(entry => entry.GetProperty("amountMinor").GetInt64()).ToList();
        return (amounts.Count, amounts.Sum());
    }

    private static async Task<(int ExitCode, string Output)> RunNodeAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync();
        var error = node.StandardError.ReadToEndAsync();
        try
        {
            await node.WaitForExitAsync().WaitAsync(Longest);
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }
        }

        return (node.ExitCode, await output + await error);
    }
}
