using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Moderation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MediaRelay.Server.Tests.Api.Moderation;

public sealed class CommentDeskTests : IAsyncLifetime
{
    private const string Secret = "a-secret-of-at-least-thirty-two-bytes";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<string> _shown = Channel.CreateUnbounded<string>();
    private readonly Channel<(string? Signature, byte[] Body)> _asked = Channel.CreateUnbounded<(string?, byte[])>();
    private readonly TaskCompletionSource _silence = new();
    private readonly WebApplication _hook;

    public CommentDeskTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _hook = builder.Build();
        _hook.MapPost("/comments", async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var text = JsonDocument.Parse(body.ToArray()).RootElement.GetProperty("text").GetString();
            _asked.Writer.TryWrite((http.Request.Headers[HookSignature.Header], body.ToArray()));
            switch (text)
            {
                case "bad":
                    await http.Response.WriteAsync("""{"allow":false}""");
                    break;
                case "darn":
                    await http.Response.WriteAsync("""{"allow":true,"text":"d***"}""");
                    break;
                case "slow":
                    await _silence.Task;
                    break;
                case "broken":
                    http.Response.StatusCode = 500;
                    break;
                case "nonsense":
                    await http.Response.WriteAsync("{");
                    break;
                default:
                    http.Response.StatusCode = 204;
                    break;
            }
        });
    }

    public Task InitializeAsync() => _hook.StartAsync();

    public async Task DisposeAsync()
    {
        _silence.SetResult();
        await _hook.DisposeAsync();
    }

    [Fact]
    public async Task Submit_WithAHook_ShowsWhatItAllows_AsItWantsIt()
    {
        using var desk = await StartAsync(TimeSpan.FromSeconds(5), failOpen: false);
        foreach (var text in new[] { "bad", "darn", "broken", "nonsense", "fine" })
        {
            Submit(desk, text);
        }

        Assert.Equal(["d***", "fine"], (await TakeAsync(2)).Order(StringComparer.Ordinal));
        await desk.StopAsync(CancellationToken.None);
        Assert.False(_shown.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("broken")]
    public async Task Submit_WithoutAnAnswerInTime_IsShownWhereItFailsOpen(string text)
    {
        using var desk = await StartAsync(TimeSpan.FromMilliseconds(100), failOpen: true);
        Submit(desk, text);
        Assert.Equal([text], await TakeAsync(1));
        await desk.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Submit_BeyondWhatMayWait_NeverWaitsItself()
    {
        using var desk = await StartAsync(TimeSpan.FromSeconds(5), failOpen: true, concurrency: 1, waiting: 2);
        for (var i = 0; i < 50; i++)
        {
            Submit(desk, "slow");
        }

        // One is asked about and two wait; all others were shown at once.
        Assert.InRange((await TakeAsync(47)).Count, 47, 47);
        await desk.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Request_IsSignedOverTimeAndBody()
    {
        using var desk = await StartAsync(TimeSpan.FromSeconds(5), failOpen: true);
        Submit(desk, "fine");
        using var patience = new CancellationTokenSource(Patience);
        var (signature, body) = await _asked.Reader.ReadAsync(patience.Token);
        var parts = signature!.Split(',');
        var signed = Encoding.ASCII.GetBytes($"{parts[0][2..]}.").Concat(body).ToArray();
        Assert.Equal($"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed))}", parts[1]);
        var request = JsonDocument.Parse(body).RootElement;
        Assert.Equal(("room", "ann", 42L), (request.GetProperty("roomId").GetString(), request.GetProperty("viewerId").GetString(), request.GetProperty("mediaTime").GetInt64()));
        await desk.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void Submit_WithoutAHook_IsShownAtOnce()
    {
        using var desk = Make(new ModerationOptions());
        Submit(desk, "bad");
        Assert.True(_shown.Reader.TryRead(out var text));
        Assert.Equal("bad", text);
    }

    private static CommentDesk Make(ModerationOptions options) => new(
        Microsoft.Extensions.Options.Options.Create(options),
        new ModerationMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()),
        TimeProvider.System);

    private async Task<CommentDesk> StartAsync(TimeSpan budget, bool failOpen, int concurrency = 8, int waiting = 100)
    {
        var desk = Make(new ModerationOptions
        {
            Url = $"{_hook.Urls.Single()}/comments", Secret = Secret, Budget = budget, FailOpen = failOpen, Concurrency = concurrency,
            Waiting = waiting,
        });
        await desk.StartAsync(CancellationToken.None);
        return desk;
    }

    private void Submit(CommentDesk desk, string text) => desk.Submit(
        new Comment(RoomId.Parse("room"), ViewerId.Parse("ann"), text, TimeProvider.System.GetUtcNow(), 42),
        comment => Assert.True(_shown.Writer.TryWrite(comment.Text)));

    private async Task<List<string>> TakeAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var taken = new List<string>();
        while (taken.Count < count)
        {
            taken.Add(await _shown.Reader.ReadAsync(patience.Token));
        }

        return taken;
    }
}
