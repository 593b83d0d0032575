using System.Text.Json;
using MediaRelay.Server.Tests.Api.Webhooks;
using MediaRelay.Server.Tests.EndToEnd.Processes;

namespace MediaRelay.Server.Tests.EndToEnd.Crashes;

[Collection(EndToEndCollection.Name)]
public sealed class ServerKilledBeforeDeliveryTests
{
    private const int Orders = 60;

    [Fact]
    public async Task Orders_AnsweredWhileTheReceiverFails_ReachItAfterAKillInOrder()
    {
        var data = Directory.CreateTempSubdirectory("mediarelay-e2e-webhook-").FullName;
        await using var receiver = await Receiver.StartAsync();
        var isUp = false;
        receiver.Answer = told => Task.FromResult(isUp || told.GetProperty("seq").GetInt64() <= 5 ? 200 : 503);
        try
        {
            string[] settings = ["--MediaRelay:Webhooks:AllowPrivateAddresses", "true"];
            string secret;
            await using (var server = await ServerProcess.StartAsync(data, settings))
            {
                await server.Platform.PutAsync("/v1/merchants/acme", new { name = "Acme" }, 201);
                await server.Platform.PutAsync("/v1/rooms/acme-room", new { merchantId = "acme", title = "Tea night" }, 201);
                await server.Platform.PutAsync(
                    "/v1/merchants/acme/shelf/tea", new { title = "Tea", priceMinor = 9900, currency = "CNY", stock = 10 }, 201);
                var made = await server.Platform.PutAsync("/v1/webhooks/shop", new { url = receiver.Url, events = new[] { "order.*" } }, 201);
                secret = made.GetProperty("secret").GetString()!;
                await Task.WhenAll(Enumerable.Range(0, Orders).Select(i =>
                    server.Platform.PostAsync("/v1/orders", Scene.Order($"o-{i}", "acme", "tea", "acme-room", "ann"), 201)));
                await server.KillAsync();
            }

            isUp = true;
            await using (var server = await ServerProcess.StartAsync(data, settings))
            {
                var first = new SortedDictionary<long, JsonElement>();
                while (first.Count < Orders)
                {
                    var told = await receiver.NextAsync();
                    var seq = told.GetProperty("seq").GetInt64();

                    // What was delivered shortly before the kill may come again; nothing is passed over.
                    Assert.True(seq <= first.Count + 1, $"Event {seq} came after {first.Count}.");
                    first.TryAdd(seq, told);
                }

                Assert.Equal(
                    Enumerable.Range(0, Orders).Select(i => $"o-{i}").Order(StringComparer.Ordinal),
                    first.Values.Select(told => told.GetProperty("data").GetProperty("orderId").GetString()!).Order(StringComparer.Ordinal));
                Assert.All(receiver.Requests, request => Assert.True(Receiver.IsSigned(request.Signature, request.Body, secret)));
                await Wait.UntilAsync("nothing waits any more", TimeSpan.FromSeconds(30), async () =>
                    (await server.Platform.GetAsync("/v1/webhooks/shop")).GetProperty("waiting").GetInt64() == 0);
                Assert.Equal(
                    Orders,
                    first.Values.Select(told => told.GetProperty("id").GetString()).Distinct(StringComparer.Ordinal).Count());
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
