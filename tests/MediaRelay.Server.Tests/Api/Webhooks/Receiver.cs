using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MediaRelay.Server.Tests.Api.Webhooks;

/// <summary>A platform's receiver on loopback, which answers as it is told and keeps what came.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly Channel<JsonElement> _taken = Channel.CreateUnbounded<JsonElement>();

    private Receiver(WebApplication app) => _app = app;

    /// <summary>Status for an event; by default 200.</summary>
    public Func<JsonElement, Task<int>> Answer { get; set; } = _ => Task.FromResult(200);

    /// <summary>Signature headers with the bodies that they came with.</summary>
    public ConcurrentQueue<(string Signature, byte[] Body)> Requests { get; } = new();

    public string Url => _app.Urls.First() + "/events";

    public static async Task<Receiver> StartAsync(string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var receiver = new Receiver(builder.Build());
        receiver._app.MapPost("/events", receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What a receiver does to know that a request is the relay's: see docs/events.md.</summary>
    public static bool IsSigned(string header, byte[] body, string secret)
    {
        var parts = header.Split(',').Select(part => part.Split('=', 2)).ToList();
        var signed = Encoding.UTF8.GetBytes(parts.First(part => part[0] == "t")[1] + ".").Concat(body).ToArray();
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
        return parts.Any(part => part[0] == "v1" && part[1] == expected);
    }

    /// <summary>The next event that was answered 2xx.</summary>
    public async Task<JsonElement> NextAsync()
    {
        using var late = new CancellationTokenSource(Longest);
        return await _taken.Reader.ReadAsync(late.Token);
    }

    public async Task<List<JsonElement>> NextAsync(int count)
    {
        var events = new List<JsonElement>();
        while (events.Count < count)
        {
            events.Add(await NextAsync());
        }

        return events;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var memory = new MemoryStream();
        await http.Request.Body.CopyToAsync(memory);
        var body = memory.ToArray();
        Requests.Enqueue((http.Request.Headers["MediaRelay-Signature"].ToString(), body));
        var told = JsonDocument.Parse(body).RootElement;
        http.Response.StatusCode = await Answer(told);
        if (http.Response.StatusCode is 301 or 307)
        {
            http.Response.Headers.Location = Url;
        }

        if (http.Response.StatusCode is >= 200 and < 300)
        {
            await _taken.Writer.WriteAsync(told);
        }
    }
}
