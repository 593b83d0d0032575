using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using MediaRelay.Server.Auth;

namespace MediaRelay.Server.Tests.Api;

/// <summary>A server in this process with a data directory of its own, and tokens for it.</summary>
public sealed class ApiServer : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mediarelay-api-").FullName;
    private readonly WebApplicationFactory<Program> _factory;

    public ApiServer()
        : this([])
    {
    }

    internal ApiServer(params (string Key, string Value)[] settings)
        : this(_ => { }, settings)
    {
    }

    internal ApiServer(Action<IServiceCollection> configure, params (string Key, string Value)[] settings) =>
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseEnvironment("Development");
            builder.UseSetting("MediaRelay:Data:Directory", _directory);
            builder.UseSetting("MediaRelay:Media:Port", "0");
            builder.UseSetting("MediaRelay:Media:BindAddress", "127.0.0.1");

            // Nothing here is mixed, and the machine is busy with other tests.
            builder.UseSetting("MediaRelay:CoHost:SpareWorkers", "0");
            builder.UseSetting("MediaRelay:CoHost:CoresPerSession", "0");
            builder.ConfigureTestServices(configure);
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }
        });

    internal string DataDirectory => _directory;

    /// <summary>Stops this server and starts another one on its data; to be disposed of before this one.</summary>
    internal ApiServer Restart()
    {
        _factory.Dispose();
        return new ApiServer(("MediaRelay:Data:Directory", _directory));
    }

    internal IServiceProvider Services => _factory.Services;

    internal ApiClient Anonymous => new(CreateClient());

    internal ApiClient Platform => WithToken(Mint(AccessRole.Platform));

    internal ApiClient Operator => WithToken(Mint(AccessRole.Operator));

    /// <summary>Opens a room's events as a WebSocket; throws when the answer is not 101.</summary>
    internal Task<System.Net.WebSockets.WebSocket> ListenAsync(string roomId, string token, CancellationToken cancellation) =>
        _factory.Server.CreateWebSocketClient().ConnectAsync(
            new Uri($"ws://localhost/v1/rooms/{roomId}/events?access_token={token}"), cancellation);

    /// <summary>Value of one series, as <c>mediarelay_limit_used{limit="rooms"}</c>; 0 when there is none.</summary>
    internal async Task<double> ReadMetricAsync(string series) => (await ReadMetricsAsync(series))[0];

    /// <summary>Values of several series in one scrape.</summary>
    internal async Task<double[]> ReadMetricsAsync(params string[] series)
    {
        var lines = (await (await Anonymous.SendAsync("GET", "/metrics")).Content.ReadAsStringAsync()).Split('\n');
        return [.. series.Select(name => lines.FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)))
            .Select(line => line is null ? 0 : double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        _factory.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    internal ApiClient Merchant(string merchant, MerchantScopes scopes = MerchantScopes.All) =>
        WithToken(Mint(AccessRole.Merchant, merchant: merchant, scopes: scopes));

    internal ApiClient Host(string room) => WithToken(Mint(AccessRole.Host, room: room));

    internal ApiClient Viewer(string room) => WithToken(Mint(AccessRole.Viewer, room: room));

    internal string Mint(
        AccessRole role, string? room = null, string? merchant = null, MerchantScopes scopes = MerchantScopes.All, TimeSpan? lifetime = null,
        string identity = "tester") =>
        Services.GetRequiredService<AccessTokens>().Mint(role, identity, lifetime ?? TimeSpan.FromMinutes(10), room, merchant, scopes);

    internal ApiClient WithToken(string token)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new ApiClient(client);
    }

    /// <summary>Merchants acme and zeta with a room each (acme-room, zeta-room) and an item each (tea, cup).</summary>
    internal async Task<ApiServer> WithTwoMerchantsAsync()
    {
        var platform = Platform;
        await platform.PutAsync("/v1/merchants/acme", new { name = "Acme" }, 201);
        await platform.PutAsync("/v1/merchants/zeta", new { name = "Zeta" }, 201);
        await platform.PutAsync("/v1/rooms/acme-room", new { merchantId = "acme", title = "Tea night" }, 201);
        await platform.PutAsync("/v1/rooms/zeta-room", new { merchantId = "zeta", title = "Cup night", @public = true }, 201);
        await platform.PutAsync("/v1/merchants/acme/shelf/tea", new { title = "Tea", priceMinor = 1250, currency = "CNY", stock = 100 }, 201);
        await platform.PutAsync("/v1/merchants/zeta/shelf/cup", new { title = "Cup", priceMinor = 9900, currency = "CNY", stock = 10 }, 201);
        return this;
    }

    /// <summary>A client without a token.</summary>
    internal HttpClient CreateClient() => _factory.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
}
