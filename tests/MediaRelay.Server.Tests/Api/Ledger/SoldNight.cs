using MediaRelay.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.Ledger;

/// <summary>A server on which acme sold a number of orders, with a checkpoint after every tenth entry.</summary>
internal sealed class SoldNight : IDisposable
{
    public const int Entries = 37;
    public const int PerCheckpoint = 10;

    private readonly ApiServer _server = new(("MediaRelay:Ledger:CheckpointEntries", "10"));

    public ApiServer Server => _server;

    public static async Task<SoldNight> OpenAsync()
    {
        var night = new SoldNight();
        await night._server.WithTwoMerchantsAsync();
        var platform = night._server.Platform;
        for (var i = 1; i <= Entries; i++)
        {
            await platform.PostAsync("/v1/orders", OrderTests.Order($"o{i}", "acme", "tea"), 201);
            await night.HandleTimeoutAsync();
        }

        return night;
    }

    /// <summary>What the server does by itself a quarter of a second later.</summary>
    public async Task HandleTimeoutAsync() => Assert.True(
        (await _server.Services.GetRequiredService<CommerceHost>().Service.HandleTimeoutAsync(DateTimeOffset.UtcNow)).IsSuccess);

    public async Task<List<string>> ExportAsync()
    {
        using var answer = await _server.Merchant("acme").SendAsync("GET", "/v1/merchants/acme/ledger/export");
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
        return [.. (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    public void Dispose() => _server.Dispose();
}
