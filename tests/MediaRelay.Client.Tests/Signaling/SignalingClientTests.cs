using System.Net;
using System.Text;
using MediaRelay.Client.Signaling;

namespace MediaRelay.Client.Tests.Signaling;

public sealed class SignalingClientTests
{
    private static readonly Uri Server = new("http://relay.test:8080/");

    [Fact]
    public async Task Watch_Created_GivesSessionWithAbsoluteResource()
    {
        using var server = new FakeServer(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.Created) { Content = new StringContent("v=0 answer") };
            response.Headers.Location = new Uri("/whep/a%20b/session-1", UriKind.Relative);
            response.Headers.ETag = new("\"one\"");
            return response;
        });
        using var http = new HttpClient(server);
        var outcome = await new WhepClient(http, Server).WatchAsync("a b", "token", "v=0 offer", CancellationToken.None);
        Assert.True(outcome.IsCreated);
        Assert.Equal("http://relay.test:8080/whep/a%20b/session-1", outcome.Session.Resource.AbsoluteUri);
        Assert.Equal(("v=0 answer", "\"one\""), (outcome.Session.Answer, outcome.Session.ETag));
        Assert.Equal("http://relay.test:8080/whep/a%20b", server.Last!.RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer token", server.Last.Headers.Authorization!.ToString());
        Assert.Equal("application/sdp", server.Last.Content!.Headers.ContentType!.ToString());
        Assert.Equal("v=0 offer", server.LastBody);
    }

    [Fact]
    public async Task Publish_Refused_GivesStatusProblemAndRetry()
    {
        using var server = new FakeServer(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
            {
                Content = new StringContent(
                    """{"type":"about:blank","title":"Overloaded","status":503,"detail":"2,000 sessions wait"}""",
                    Encoding.UTF8, "application/problem+json"),
            };
            response.Headers.RetryAfter = new(TimeSpan.FromSeconds(7));
            return response;
        });
        using var http = new HttpClient(server);
        var outcome = await new WhipClient(http, Server).PublishAsync("a", token: null, "v=0", CancellationToken.None);
        Assert.False(outcome.IsCreated);
        Assert.Equal(new SignalingProblem(503, "Overloaded", "2,000 sessions wait", TimeSpan.FromSeconds(7)), outcome.Problem);
        Assert.Null(server.Last!.Headers.Authorization);
    }

    [Theory]
    [InlineData("application/problem+json", "not json", "not json")]
    [InlineData("application/problem+json", "[1]", null)]
    [InlineData("text/html", "<p>no</p>", null)]
    public async Task Publish_RefusedWithOtherBody_StillGivesTheStatus(string type, string body, string? detail)
    {
        using var server = new FakeServer(_ => new HttpResponseMessage(HttpStatusCode.Conflict)
        {
            Content = new StringContent(body, Encoding.UTF8, type),
        });
        using var http = new HttpClient(server);
        var outcome = await new WhipClient(http, Server).PublishAsync("a", "t", "v=0", CancellationToken.None);
        Assert.Equal((409, "Conflict", detail), (outcome.Problem!.Status, outcome.Problem.Title, outcome.Problem.Detail));
    }

    [Fact]
    public async Task Watch_CreatedWithoutLocation_IsAProblem()
    {
        using var server = new FakeServer(_ => new HttpResponseMessage(HttpStatusCode.Created) { Content = new StringContent("v=0") });
        using var http = new HttpClient(server);
        var outcome = await new WhepClient(http, Server).WatchAsync("a", "t", "v=0", CancellationToken.None);
        Assert.Equal(201, outcome.Problem!.Status);
    }

    [Fact]
    public async Task Watch_NobodyAnswers_IsAProblemWithoutStatus()
    {
        using var server = new FakeServer(_ => throw new HttpRequestException("connection refused"));
        using var http = new HttpClient(server);
        var outcome = await new WhepClient(http, Server).WatchAsync("a", "t", "v=0", CancellationToken.None);
        Assert.Equal((0, "connection refused"), (outcome.Problem!.Status, outcome.Problem.Detail));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, true)]
    [InlineData(HttpStatusCode.NotFound, true)]
    [InlineData(HttpStatusCode.Forbidden, false)]
    public async Task Delete_Answered_SaysWhetherTheSessionIsGone(HttpStatusCode status, bool isGone)
    {
        using var server = new FakeServer(_ => new HttpResponseMessage(status));
        using var http = new HttpClient(server);
        var session = new SignalingSession(new Uri("http://relay.test:8080/whep/a/1"), "v=0", ETag: null);
        var problem = await new WhepClient(http, Server).DeleteAsync(session, "t", CancellationToken.None);
        Assert.Equal(isGone, problem is null);
        Assert.Equal((HttpMethod.Delete, session.Resource), (server.Last!.Method, server.Last.RequestUri));
    }
}
