using MediaRelay.Server.Tests.EndToEnd.Processes;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class ServerKilledAfterOrderTests
{
    [Fact]
    public async Task Order_AnsweredBeforeTheServerIsKilled_IsThereAfterTheRestart()
    {
        var data = Directory.CreateTempSubdirectory("mediarelay-e2e-killed-").FullName;
        try
        {
            var order = Scene.Order("o-1", "acme", "tea", "acme-room", "ann");
            string first;
            await using (var server = await ServerProcess.StartAsync(data))
            {
                await server.Platform.PutAsync("/v1/merchants/acme", new { name = "Acme" }, 201);
                await server.Platform.PutAsync("/v1/rooms/acme-room", new { merchantId = "acme", title = "Tea night" }, 201);
                await server.Platform.PutAsync(
                    "/v1/merchants/acme/shelf/tea", new { title = "Tea", priceMinor = 9900, currency = "CNY", stock = 10 }, 201);
                first = (await server.Platform.PostAsync("/v1/orders", order, 201)).GetRawText();
                await server.KillAsync();
            }

            await using (var server = await ServerProcess.StartAsync(data))
            {
                var acme = server.Merchant("acme");
                var entry = Assert.Single((await acme.GetAsync("/v1/merchants/acme/ledger")).GetProperty("entries").EnumerateArray());
                Assert.Equal("o-1", entry.GetProperty("orderId").GetString());
                Assert.Equal(9900, entry.GetProperty("amountMinor").GetInt64());
                Assert.Equal(first, (await server.Platform.PostAsync("/v1/orders", order)).GetRawText());
                var verified = await acme.GetAsync("/v1/merchants/acme/ledger/verify");
                Assert.True(verified.GetProperty("ok").GetBoolean());
                Assert.Equal(1, verified.GetProperty("entries").GetInt64());
                Assert.Equal(entry.GetProperty("hash").GetString(), verified.GetProperty("head").GetString());
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
