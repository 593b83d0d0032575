using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.Overlays;

public sealed class CampaignTests : IDisposable
{
    private readonly ApiServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Coupon_PublishedAndClaimed_AnswersTheViewerAndStandsInSnapshots()
    {
        await _server.WithTwoMerchantsAsync();
        await PublishAsync("coupon", new { couponId = "c1", title = "Ten off", limit = 1 });
        using var ann = new Viewer(_server, "ann");
        var shown = ann.Snapshot().GetProperty("campaigns")[0];
        Assert.Equal(("coupon", "acme", "c1", "open", 0), (Text(shown, "type"), Text(shown, "merchantId"), Text(shown, "couponId"), Text(shown, "state"), shown.GetProperty("claimed").GetInt32()));

        ann.Say("claim", "couponId", "c1");
        Assert.Equal(("accepted", 1), Answer(await ann.HearAsync(), "claim"));
        ann.Say("claim", "couponId", "c1");
        Assert.Equal(("repeated", 1), Answer(await ann.HearAsync(), "claim"));
        using var bob = new Viewer(_server, "bob");
        bob.Say("claim", "couponId", "c1");
        Assert.Equal(("exhausted", 0), Answer(await bob.HearAsync(), "claim"));

        await PublishAsync("coupon", new { couponId = "c1", action = "close" });
        using var cai = new Viewer(_server, "cai");
        Assert.False(cai.Snapshot().TryGetProperty("campaigns", out _));
        Assert.Equal(1, await _server.ReadMetricAsync("mediarelay_participations_total{kind=\"claim\",result=\"exhausted\"}"));
    }

    [Fact]
    public async Task Draw_OpenedClosedAndRevealed_CanBeReadByWhoMayReadTheRoom()
    {
        await _server.WithTwoMerchantsAsync();
        await PublishAsync("draw", new { drawId = "d1", prizes = 1 });
        using var ann = new Viewer(_server, "ann");
        ann.Say("enter", "drawId", "d1");
        var entered = await ann.HearAsync();
        Assert.Equal(("accepted", 1), Answer(entered, "entry"));

        var open = await ReadAsync(_server.Platform);
        Assert.Equal(("open", 1), (Text(open, "state"), open.GetProperty("entered").GetInt32()));
        Assert.False(open.TryGetProperty("seed", out var seed) && seed.ValueKind == JsonValueKind.String);
        await _server.Merchant("acme").PostAsync(
            "/v1/rooms/acme-room/overlays", new { type = "draw", merchantId = "acme", body = new { drawId = "d1", action = "reveal" } }, 409);
        await PublishAsync("draw", new { drawId = "d1", action = "close" });
        await PublishAsync("draw", new { drawId = "d1", action = "reveal" });

        var revealed = await ReadAsync(_server.Merchant("acme"));
        Assert.Equal(Text(open, "commit"), Convert.ToHexStringLower(DrawRules.Commit(Convert.FromHexString(Text(revealed, "seed")!))));
        Assert.Equal(Text(entered, "entryHash"), revealed.GetProperty("winners")[0].GetString());
        Assert.Equal("ann", revealed.GetProperty("winnerViewerIds")[0].GetString());
        var asOther = await ReadAsync(_server.Platform, "zeta", 404);
        Assert.Equal(404, asOther.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Publish_FieldOutsideItsRule_NamesFieldValueAndWhatIsAllowed()
    {
        await _server.WithTwoMerchantsAsync();
        var problem = await _server.Merchant("acme").PostAsync(
            "/v1/rooms/acme-room/overlays", new { type = "coupon", merchantId = "acme", body = new { couponId = "c", limit = -1 } }, 400);
        Assert.Equal("body.limit is '-1'; allowed: a whole number from 1 to 1000000.", problem.GetProperty("detail").GetString());
    }

    private Task PublishAsync(string type, object body) => _server.Merchant("acme").PostAsync(
        "/v1/rooms/acme-room/overlays", new { type, merchantId = "acme", body }, 202);

    private static async Task<JsonElement> ReadAsync(ApiClient client, string merchant = "acme", int status = 200) =>
        await client.GetAsync($"/v1/rooms/acme-room/draws/{merchant}/d1", status);

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private static (string? Word, int Number) Answer(JsonElement body, string word) =>
        (Text(body, word), body.TryGetProperty("number", out var number) ? number.GetInt32() : 0);

    /// <summary>A viewer's session without a connection: what is posted to it is looked at here.</summary>
    private sealed class Viewer : IDisposable
    {
        private readonly Channel<AddressedOverlay> _heard = Channel.CreateUnbounded<AddressedOverlay>();
        private readonly OverlaySession _session;

        public Viewer(ApiServer server, string viewerId) => _session = new OverlaySession(
            server.Services.GetRequiredService<OverlayHub>(), RoomId.Parse("acme-room"), ViewerId.Parse(viewerId),
            addressed => Assert.True(_heard.Writer.TryWrite(addressed)), isAcknowledged: false);

        public JsonElement Snapshot()
        {
            Assert.True(_session.TryPeek(TimeProvider.System, out var message));
            return BodyOf(message.ToArray());
        }

        public void Say(string type, string idField, string id)
        {
            var buffer = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(buffer);
            writer.WriteArrayHeader(OverlayEnvelope.FieldCount);
            writer.WriteInteger(1);
            writer.WriteString(type);
            writer.WriteInteger(1);
            writer.WriteInteger(1);
            writer.WriteNil();
            writer.WriteMapHeader(2);
            writer.WriteString("merchantId");
            writer.WriteString("acme");
            writer.WriteString(idField);
            writer.WriteString(id);
            _session.Receive(TimeProvider.System.GetUtcNow(), buffer.WrittenSpan);
        }

        public async Task<JsonElement> HearAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            return BodyOf((await _heard.Reader.ReadAsync(patience.Token)).Message.Bytes.ToArray());
        }

        public void Dispose() => _session.Dispose();

        private static JsonElement BodyOf(byte[] message) => JsonSerializer.SerializeToElement(MessagePackJson.Read(message)![5]);
    }
}
