using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using MediaRelay.Server.Tests.EndToEnd.Processes;

namespace MediaRelay.Server.Tests.EndToEnd.Crashes;

/// <summary>
/// A platform that reports a thousand order events a second to a server that may die at any moment. It remembers every answer, and
/// afterwards asks for all of them again.
/// </summary>
internal sealed class CrashNight
{
    private const int EventsPerSecond = 1000;
    private const int EventsPerCall = 20;

    // What the platform's own connections allow; beyond it the server is behind and more would only wait.
    private const int MaxCalls = 32;
    private static readonly string[] Merchants = ["acme", "zeta"];

    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;
    private readonly ConcurrentDictionary<int, string> _answers = new();
    private int _next;
    private int _checked;
    private int _checks;
    private string? _cohostId;

    /// <summary>Events that were answered 201, and that the server therefore may never lose.</summary>
    public int Acknowledged => _answers.Count;

    /// <summary>Two merchants with a room and an item each, joined.</summary>
    public async Task OpenAsync(ServerProcess server)
    {
        foreach (var merchant in Merchants)
        {
            await server.Platform.PutAsync($"/v1/merchants/{merchant}", new { name = merchant }, 201);
            await server.Platform.PutAsync($"/v1/rooms/{merchant}-room", new { merchantId = merchant, title = "Tonight" }, 201);
            await server.Platform.PutAsync(
                $"/v1/merchants/{merchant}/shelf/tea", new { title = "Tea", priceMinor = 900, currency = "CNY", stock = 10 }, 201);
        }

        var session = await server.Platform.PostAsync(
            "/v1/cohosts", new { rooms = Merchants.Select(merchant => $"{merchant}-room"), state = "active" }, 201);
        _cohostId = session.GetProperty("cohostId").GetString();
    }

    /// <summary>
    /// Reports until the server no longer answers, which <paramref name="strike"/> sees to once so many events of this round are
    /// acknowledged. Gives how many a second were.
    /// </summary>
    public async Task<double> ReportUntilStruckAsync(ServerProcess server, int acknowledged, Func<Task> strike)
    {
        var target = _answers.Count + acknowledged;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var reporting = ReportAsync(server, () =>
        {
            if (_answers.Count >= target)
            {
                reached.TrySetResult();
            }
        }, stop.Token);
        await Task.WhenAny(reached.Task, reporting);
        Assert.True(reached.Task.IsCompleted, "The server stopped answering before it was struck.");
        var rate = acknowledged / clock.Elapsed.TotalSeconds;
        await strike();
        await stop.CancelAsync();
        await reporting;
        return rate;
    }

    /// <summary>Everything that was acknowledged is there and answered as before; what was not is reported again.</summary>
    public async Task CheckAsync(ServerProcess server)
    {
        Assert.Equal(
            "active", (await server.Platform.GetAsync($"/v1/cohosts/{_cohostId}")).GetProperty("state").GetString());
        foreach (var merchant in Merchants)
        {
            var room = await server.Platform.GetAsync($"/v1/rooms/{merchant}-room");
            Assert.Equal(merchant, room.GetProperty("merchantId").GetString());
        }

        // Of what was there after an earlier crash, another part each time; the ledgers are read whole in the end.
        _checks++;
        foreach (var part in Enumerable.Range(0, _next).Where(i => i >= _checked || (i + _checks) % 37 == 0).Chunk(500))
        {
            var results = await PostAsync(server, part) ?? throw new InvalidOperationException("The server does not answer.");
            for (var i = 0; i < part.Length; i++)
            {
                var (status, body) = results[i];
                if (_answers.TryGetValue(part[i], out var first))
                {
                    Assert.Equal((200, first), (status, body));
                }
                else
                {
                    Assert.True(status is 200 or 201, $"Event {part[i]} was answered with {status}: {body}");
                    _answers[part[i]] = body;
                }
            }
        }

        _checked = _next;
        foreach (var merchant in Merchants)
        {
            var verified = await server.Merchant(merchant).GetAsync($"/v1/merchants/{merchant}/ledger/verify");
            Assert.True(verified.GetProperty("ok").GetBoolean(), verified.ToString());
        }

        Assert.Contains(
            "\nmediarelay_ledger_conservation_difference{currency=\"CNY\"} 0\n", await server.ReadMetricsAsync(), StringComparison.Ordinal);
    }

    /// <summary>Reads the ledgers whole: each line of each order is sold once, and taken back once.</summary>
    public async Task CheckLedgersAsync(ServerProcess server)
    {
        var expected = Enumerable.Range(0, _next).SelectMany(EntriesOf).Order(StringComparer.Ordinal);
        var found = new List<string>();
        foreach (var merchant in Merchants)
        {
            for (long? after = 0; after is not null;)
            {
                var page = await server.Merchant(merchant).GetAsync($"/v1/merchants/{merchant}/ledger?after={after}&limit=1000");
                found.AddRange(
                    from entry in page.GetProperty("entries").EnumerateArray()
                    where entry.GetProperty("kind").GetString() != "referral"
                    select $"{merchant} {entry.GetProperty("kind")} {entry.GetProperty("orderId")} {entry.GetProperty("lineNo")} {entry.GetProperty("amountMinor")}");
                after = page.GetProperty("next").ValueKind == JsonValueKind.Null ? null : page.GetProperty("next").GetInt64();
            }
        }

        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
    }

    // Ten events are eight sales (one of both merchants' items), a partial refund of the first, and a cancel of a sale to come.
    private object EventOf(int i)
    {
        var first = i - (i % 10);
        return (i % 10) switch
        {
            0 => Event($"o{i}", "paid", null, Line(1, 0, 3, 900), Line(2, 1, 1, 250)),
            8 => Event($"o{first}", "refunded", $"e{i}", Line(1, 0, 1, 300)),
            9 => Event($"o{Cancelled(first)}", "cancelled", null, Line(1, 1, 1, 100)),
            _ => Event($"o{i}", "paid", null, Line(1, i % 2, 1, 100)),
        };

        object Event(string orderId, string kind, string? eventId, params object[] lines) => new
        {
            orderId, kind, eventId, lines, roomId = $"{Merchants[i % 2]}-room", viewerId = $"v{i % 97}", occurredAt = _began.AddMilliseconds(i),
        };

        static object Line(int lineNo, int merchant, int quantity, int amountMinor) =>
            new { lineNo, merchantId = Merchants[merchant], itemId = "tea", quantity, amountMinor, currency = "CNY" };
    }

    // An order that is reported one call later, so that its cancel comes first.
    private static int Cancelled(int first) => first + EventsPerCall + 1;

    private IEnumerable<string> EntriesOf(int i)
    {
        var first = i - (i % 10);
        return (i % 10) switch
        {
            0 => [$"acme sale o{i} 1 900", $"zeta sale o{i} 2 250"],
            8 => [$"acme refund o{first} 1 -300"],
            9 when Cancelled(first) < _next => [$"zeta cancel o{Cancelled(first)} 1 -100"],
            9 => [],
            _ => [$"{Merchants[i % 2]} sale o{i} 1 100"],
        };
    }

    private async Task ReportAsync(ServerProcess server, Action onAnswer, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var calls = new List<Task<bool>>();
        var sent = 0;
        while (!stop.IsCancellationRequested && calls.TrueForAll(call => !call.IsCompleted || call.Result))
        {
            calls.RemoveAll(call => call.IsCompleted);
            for (; calls.Count < MaxCalls && sent < clock.Elapsed.TotalSeconds * EventsPerSecond; sent += EventsPerCall)
            {
                calls.Add(CallAsync([.. Enumerable.Range(_next, EventsPerCall)]));
                _next += EventsPerCall;
            }

            await Task.WhenAny([Task.Delay(5, CancellationToken.None), .. calls]);
        }

        await Task.WhenAll(calls);

        async Task<bool> CallAsync(int[] events)
        {
            if (await PostAsync(server, events) is not { } results)
            {
                return false;
            }

            for (var i = 0; i < events.Length; i++)
            {
                if (results[i].Status == 201)
                {
                    _answers[events[i]] = results[i].Body;
                }
            }

            onAnswer();
            return true;
        }
    }

    // Null when the server went away before it had answered.
    private async Task<IReadOnlyList<(int Status, string Body)>?> PostAsync(ServerProcess server, IReadOnlyList<int> events)
    {
        try
        {
            using var answer = await server.Platform.SendAsync(
                "POST", "/v1/orders/batch", JsonSerializer.Serialize(new { orders = events.Select(EventOf) }));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            return [.. JsonDocument.Parse(text).RootElement.GetProperty("results").EnumerateArray().Select(result => (
                result.GetProperty("status").GetInt32(),
                result.TryGetProperty("order", out var order) ? order.GetRawText() : result.GetRawText()))];
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }
}
