using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Tests.Signaling;
using MediaRelay.Testing;

namespace MediaRelay.Client.Tests.Platform;

public sealed class PlatformClientTests
{
    private static readonly Uri Server = new("http://relay.test/");

    [Fact]
    public void Mint_Viewer_IsAnHs256JwtWithTheClaims()
    {
        var time = new ManualTime();
        var parts = new TokenMinter("key", "secret-secret-secret-secret-secret", time).Viewer("room", "fan", TimeSpan.FromMinutes(5)).Split('.');
        Assert.Equal(3, parts.Length);
        Assert.Equal("""{"alg":"HS256","typ":"JWT"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var root = claims.RootElement;
        Assert.Equal(
            ("key", "fan", "viewer", "room"),
            (root.GetProperty("iss").GetString(), root.GetProperty("sub").GetString(), root.GetProperty("role").GetString(),
                root.GetProperty("room").GetString()));
        Assert.Equal(time.GetUtcNow().ToUnixTimeSeconds() + 300, root.GetProperty("exp").GetInt64());
        var signature = HMACSHA256.HashData(
            "secret-secret-secret-secret-secret"u8, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
        Assert.Equal(Base64Url.EncodeToString(signature), parts[2]);
    }

    [Fact]
    public async Task PostCoHost_Created_GivesTheId()
    {
        using var server = new FakeServer(_ => new HttpResponseMessage(HttpStatusCode.Created)
        {
            Content = new StringContent("""{"cohostId":"c1","state":"active"}""", Encoding.UTF8, "application/json"),
        });
        using var http = new HttpClient(server);
        var (id, problem) = await new PlatformClient(http, Server, () => "t").PostCoHostAsync(["a", "b"], CancellationToken.None);
        Assert.Null(problem);
        Assert.Equal("c1", id);
        Assert.Equal("""{"rooms":["a","b"],"state":"active"}""", server.LastBody);
        Assert.Equal("Bearer t", server.Last!.Headers.Authorization!.ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no json")]
    public async Task PostCoHost_AnswerWithoutId_IsAProblem(string body)
    {
        using var server = new FakeServer(_ => new HttpResponseMessage(HttpStatusCode.Created)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
        using var http = new HttpClient(server);
        var (id, problem) = await new PlatformClient(http, Server, () => "t").PostCoHostAsync(["a", "b"], CancellationToken.None);
        Assert.Null(id);
        Assert.NotNull(problem);
    }

    [Fact]
    public async Task PostOrders_EachAnswered_GivesTheStatusesInOrder()
    {
        using var server = new FakeServer(_ => new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent("""{"results":[{"status":201},{"status":422,"problem":{}}]}""", Encoding.UTF8, "application/json"),
        });
        using var http = new HttpClient(server);
        var (statuses, problem) = await new PlatformClient(http, Server, () => "t").PostOrdersAsync(
            [new JsonObject { ["orderId"] = "a" }, new JsonObject { ["orderId"] = "b" }], CancellationToken.None);
        Assert.Null(problem);
        Assert.Equal([201, 422], statuses);
        Assert.Equal("""{"orders":[{"orderId":"a"},{"orderId":"b"}]}""", server.LastBody);
    }

    [Theory]
    [InlineData("""{"results":[{"status":201}]}""")]
    [InlineData("""{"results":7}""")]
    [InlineData("[]")]
    public async Task PostOrders_AnswerThatIsNotOneResultEach_IsAProblem(string body)
    {
        using var server = new FakeServer(_ => new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
        using var http = new HttpClient(server);
        var (statuses, problem) = await new PlatformClient(http, Server, () => "t").PostOrdersAsync(
            [[], []], CancellationToken.None);
        Assert.Empty(statuses);
        Assert.NotNull(problem);
    }

    [Fact]
    public async Task PutRoom_IdWithASlash_StaysOneSegment()
    {
        using var server = new FakeServer(_ => new HttpResponseMessage(HttpStatusCode.OK));
        using var http = new HttpClient(server);
        Assert.Null(await new PlatformClient(http, Server, () => "t").PutRoomAsync(
            "a/b", "m", "晨光", isPublic: true, "vp8", CancellationToken.None));
        Assert.Equal("http://relay.test/v1/rooms/a%2Fb", server.Last!.RequestUri!.AbsoluteUri);
        Assert.Equal("""{"merchantId":"m","title":"晨光","public":true,"videoCodec":"vp8"}""", server.LastBody);
    }
}
