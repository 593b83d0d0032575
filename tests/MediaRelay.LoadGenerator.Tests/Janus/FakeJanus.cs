using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace MediaRelay.LoadGenerator.Tests.Janus;

/// <summary>
/// Answers requests in memory by what they ask for, with Janus's own messages: a line in <see cref="Replies"/> names the sample that
/// answers at once and, after it, the one that a poll brings.
/// </summary>
internal sealed class FakeJanus : HttpMessageHandler
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly Lock _lock = new();
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, JsonObject> _last = new(StringComparer.Ordinal);

    /// <summary>By the request's kind, or its plugin request with the kind of peer that asks.</summary>
    public Dictionary<string, string[]> Replies { get; } = new(StringComparer.Ordinal)
    {
        ["create"] = ["session-created"],
        ["attach"] = ["attached"],
        ["detach"] = ["success"],
        ["destroy"] = ["success"],
        ["trickle"] = ["ack"],
        ["room create"] = ["room-created"],
        ["room destroy"] = ["room-destroyed"],
        ["room join publisher"] = ["ack", "joined"],
        ["room publish"] = ["ack", "published", "webrtcup"],
        ["room join subscriber"] = ["ack", "offered"],
        ["room start"] = ["ack", "started"],
    };

    /// <summary>What was asked so far, in order.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>No server listens any more.</summary>
    public bool IsDown { get; set; }

    public JsonObject Last(string name)
    {
        lock (_lock)
        {
            return _last[name];
        }
    }

    /// <summary>The next poll brings this.</summary>
    public void Push(string json) => Assert.True(_events.Writer.TryWrite(json));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown)
        {
            throw new HttpRequestException("Connection refused");
        }

        if (request.Method == HttpMethod.Get)
        {
            return Answer($"[{await _events.Reader.ReadAsync(cancellationToken)}]");
        }

        var asked = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
        var name = NameOf(asked);
        lock (_lock)
        {
            _asked.Add(name);
            _last[name] = asked;
        }

        var replies = Replies[name];
        var transaction = asked["transaction"]!.GetValue<string>();
        foreach (var reply in replies.Skip(1))
        {
            Push(Stamp(reply, transaction));
        }

        return Answer(Stamp(replies[0], transaction));
    }

    private static string NameOf(JsonObject asked)
    {
        var kind = asked["janus"]!.GetValue<string>();
        return kind == "message"
            ? $"room {asked["body"]!["request"]} {asked["body"]!["ptype"]}".TrimEnd()
            : kind;
    }

    // All samples tell of one handle, as one request is under way at a time.
    private static string Stamp(string sample, string transaction)
    {
        var message = JsonNode.Parse(JanusSamples.Read(sample))!.AsObject();
        if (message.ContainsKey("transaction"))
        {
            message["transaction"] = transaction;
        }

        if (message.ContainsKey("sender"))
        {
            message["sender"] = JanusSamples.Handle;
        }

        return message.ToJsonString();
    }

    private static HttpResponseMessage Answer(string json) => new(HttpStatusCode.OK)
    {
        Content = new StringContent(json, Encoding.UTF8, "application/json"),
    };
}
