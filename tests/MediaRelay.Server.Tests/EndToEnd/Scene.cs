using System.Text.Json;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.Api;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using MediaRelay.Server.Tests.EndToEnd.Processes;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

/// <summary>Two merchants with a room and an item each, and the pages that are open for them. Ends with all pages closed.</summary>
internal sealed class Scene(
    string prefix, ServerProcess server, IBrowser browser, ITestOutputHelper output, Func<IPage, Task>? preparePage = null) : IAsyncDisposable
{
    public const string ItemOfA = "tea";
    public const string ItemOfB = "cup";

    private readonly List<BrowserPage> _pages = [];
    private string? _cohostId;

    public ServerProcess Server => server;

    public ITestOutputHelper Output => output;

    public ApiClient Platform { get; } = server.Platform;

    public string MerchantA => $"{prefix}-acme";

    public string MerchantB => $"{prefix}-zeta";

    public string RoomA => $"{prefix}-room-a";

    public string RoomB => $"{prefix}-room-b";

    public async Task RegisterAsync(string? codecOfA, string? codecOfB)
    {
        await RegisterAsync(MerchantA, "Acme", RoomA, ItemOfA, codecOfA);
        await RegisterAsync(MerchantB, "Zeta", RoomB, ItemOfB, codecOfB);
    }

    /// <summary>A host whose picture is red and whose sound is 440 Hz, live in room A.</summary>
    public Task<StudioPage> PublishRedAsync(bool withReturn = false) => PublishAsync(RoomA, MerchantA, "red", 440, withReturn);

    /// <summary>A host whose picture is blue and whose sound is 880 Hz, live in room B.</summary>
    public Task<StudioPage> PublishBlueAsync(bool withReturn = false) => PublishAsync(RoomB, MerchantB, "blue", 880, withReturn);

    /// <summary>A viewer's page. The viewer is another one in every scene: the relay remembers where each came from.</summary>
    public async Task<WatchPage> WatchAsync(string roomId, string name)
    {
        var viewerId = $"{prefix}-{name}";
        var token = Tokens.Mint(AccessRole.Viewer, viewerId, room: roomId);
        var page = Add(new WatchPage(await OpenAsync($"/watch/{roomId}#token={token}"), viewerId));
        await page.BeginAsync();
        return page;
    }

    /// <summary>A host whose picture is many packets, live in room A.</summary>
    public async Task<BusyHostPage> PublishBusyAsync(int width, int height, IReadOnlyList<SendEncoding> encodings)
    {
        var page = Add(new BusyHostPage(await OpenAsync("/")));
        await page.PublishAsync(RoomA, Tokens.Mint(AccessRole.Host, $"host-of-{RoomA}", room: RoomA), width, height, encodings);
        return page;
    }

    /// <summary>Closes a page before the scene ends.</summary>
    public async Task LeaveAsync(BrowserPage page)
    {
        _pages.Remove(page);
        await page.DisposeAsync();
    }

    /// <summary>Joins both rooms at once, as the platform; gives when it was asked for, in Unix ms.</summary>
    public async Task<double> StartCoHostAsync()
    {
        var at = UnixMillis();
        var answer = await Platform.PostAsync("/v1/cohosts", new { rooms = new[] { RoomA, RoomB }, state = "active" }, 201);
        _cohostId = answer.GetProperty("cohostId").GetString();
        Assert.Equal("active", answer.GetProperty("state").GetString());
        return at;
    }

    /// <summary>Ends the co-host session; gives when that was asked for, in Unix ms.</summary>
    public async Task<double> EndCoHostAsync()
    {
        var at = UnixMillis();
        var path = $"/v1/cohosts/{_cohostId}";
        _cohostId = null;
        using var answer = await Platform.SendAsync("DELETE", path);
        Assert.True(answer.IsSuccessStatusCode, $"DELETE {path}: {answer.StatusCode}");
        return at;
    }

    /// <summary>An order of one piece of an item.</summary>
    public static object Order(
        string orderId, string merchantId, string itemId, string roomId, string viewerId, long amountMinor = 9900, string kind = "paid") => new
        {
            orderId,
            roomId,
            viewerId,
            kind,
            occurredAt = DateTimeOffset.UtcNow,
            lines = new[] { new { lineNo = 1, merchantId, itemId, quantity = 1, amountMinor, currency = "CNY" } },
        };

    public async Task<IReadOnlyList<JsonElement>> ReadLedgerAsync(string merchantId) =>
        [.. (await server.Merchant(merchantId).GetAsync($"/v1/merchants/{merchantId}/ledger?limit=1000")).GetProperty("entries").EnumerateArray()];

    /// <summary>Returns when a metric has a value for which <paramref name="condition"/> holds.</summary>
    public Task<double> UntilMetricAsync(string series, Func<double, bool> condition) =>
        Wait.UntilAsync(series, Picture.Longest, () => server.ReadMetricAsync(series), condition);

    /// <summary>A page of the server without a role in the scene.</summary>
    public async Task<IPage> OpenAsync(string pathAndFragment)
    {
        // A context each: pages of one context are tabs of one window, of which only the front one draws.
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.Address.ToString(),
            ViewportSize = new ViewportSize { Width = 360, Height = 640 },
        });
        await context.AddInitScriptAsync(ProbeScript.Text);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        if (preparePage is not null)
        {
            await preparePage(page);
        }

        await page.GotoAsync(pathAndFragment);
        return page;
    }

    /// <summary>Screenshots of all pages with what their consoles said, and the server's log.</summary>
    public async Task LeaveEvidenceAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "server.log"), server.Log);
        foreach (var (page, index) in _pages.Select((page, index) => (page, index)))
        {
            await page.LeaveEvidenceAsync(Path.Combine(directory, $"{index}-{page.Name}"));
        }

        output.WriteLine($"Screenshots and logs: {directory}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var page in _pages)
        {
            await page.DisposeAsync();
        }

        if (_cohostId is not null && !server.HasExited)
        {
            await EndCoHostAsync();
        }
    }

    private static double UnixMillis() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    private async Task<StudioPage> PublishAsync(string roomId, string merchantId, string color, int tone, bool withReturn)
    {
        var token = Tokens.Mint(AccessRole.Host, $"host-of-{roomId}", room: roomId);
        var fragment = $"#token={token}";
        if (withReturn)
        {
            // With a merchant's token the studio follows co-host sessions, and opens the return feed in one.
            fragment += $"&merchant={Tokens.Mint(AccessRole.Merchant, merchant: merchantId)}";
        }

        // A third of the pixels and half of the pictures of a usual host: several browsers' encoders share the machine.
        var query = $"?source=test&color={color}&tone={tone}&name={color}&size=360&fps=15&bitrate=600&autostart=1";
        var page = Add(new StudioPage(await OpenAsync($"/studio/{roomId}{query}{fragment}")));
        await page.UntilLiveAsync();
        return page;
    }

    private TPage Add<TPage>(TPage page)
        where TPage : BrowserPage
    {
        _pages.Add(page);
        return page;
    }

    private async Task RegisterAsync(string merchantId, string name, string roomId, string itemId, string? codec)
    {
        await Platform.PutAsync($"/v1/merchants/{merchantId}", new { name }, 201);
        await Platform.PutAsync($"/v1/rooms/{roomId}", new { merchantId, title = $"{name} tonight", videoCodec = codec }, 201);
        await Platform.PutAsync(
            $"/v1/merchants/{merchantId}/shelf/{itemId}", new { title = itemId, priceMinor = 9900, currency = "CNY", stock = 1000 }, 201);
    }
}
