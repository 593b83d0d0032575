using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class MalformedOverlayMessagesTests(Stage stage, ITestOutputHelper output)
{
    // A viewer with nothing but the channel, which believes that the relay takes longer messages than it does.
    private const string Connect =
        """
        async ([room, token]) => {
          const pc = new RTCPeerConnection();
          const channel = pc.createDataChannel("overlays", { ordered: true });
          channel.binaryType = "arraybuffer";
          window.hostile = { pc, channel, received: [] };
          channel.onmessage = ({ data }) => window.hostile.received.push(new TextDecoder("latin1").decode(data));
          const opened = new Promise((resolve) => (channel.onopen = resolve));
          await pc.setLocalDescription(await pc.createOffer());
          const response = await fetch(`/whep/${room}`, {
            method: "POST",
            headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` },
            body: pc.localDescription.sdp,
          });
          const sdp = (await response.text()).replace(/a=max-message-size:\d+/, "a=max-message-size:262144");
          await pc.setRemoteDescription({ type: "answer", sdp });
          await opened;
        }
        """;

    // [1, "ping", 0, 0, nil, {"t": 5}]
    private static readonly byte[] Ping = [0x96, 1, 0xA4, .. "ping"u8, 0, 0, 0xC0, 0x81, 0xA1, (byte)'t', 5];

    [Fact]
    public Task Messages_MalformedOrTooLong_AreCountedAndTheSessionStays() => stage.PlayAsync(output, async scene =>
    {
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        var continuity = await Continuity.ExpectAsync(viewer.Picture);
        var page = await scene.OpenAsync("/");
        await page.EvaluateAsync(Connect, new[] { scene.RoomA, Tokens.Mint(AccessRole.Viewer, "hostile", room: scene.RoomA) });

        await SendCountedAsync(scene, page, [0xC1], "malformed");
        await SendCountedAsync(scene, page, Ping[..^3], "malformed");
        await SendCountedAsync(scene, page, [0x96, 9, .. Ping.AsSpan(2)], "unknown_version");
        await SendCountedAsync(scene, page, [0x96, 1, 0xA4, .. "pang"u8, .. Ping.AsSpan(7)], "unknown_type");
        await SendCountedAsync(scene, page, [.. Ping.AsSpan(0, 10), 0x80], "field_missing");
        const string TooLarge = "mediarelay_packets_dropped_total{reason=\"message_too_large\"}";
        var before = await scene.Server.ReadMetricAsync(TooLarge);
        await page.EvaluateAsync("() => window.hostile.channel.send(new Uint8Array(100 * 1024))");
        await scene.UntilMetricAsync(TooLarge, count => count == before + 1);

        await SendAsync(page, Ping);
        await Wait.UntilAsync(
            "the hostile viewer's ping is answered", Picture.Longest,
            () => page.EvaluateAsync<bool>("() => window.hostile.received.some((message) => message.includes('pong'))"));
        await viewer.SendAsync("comment", new { text = "still here" });
        await viewer.UntilMessageAsync("comment", message => message.GetProperty("body").GetProperty("text").GetString() == "still here");
        await continuity.CheckAsync();
        await page.Context.DisposeAsync();
    });

    private static async Task SendCountedAsync(Scene scene, IPage page, byte[] message, string reason)
    {
        var series = $"mediarelay_viewer_messages_rejected_total{{reason=\"{reason}\"}}";
        var before = await scene.Server.ReadMetricAsync(series);
        await SendAsync(page, message);
        await scene.UntilMetricAsync(series, count => count == before + 1);
    }

    private static Task SendAsync(IPage page, byte[] message) => page.EvaluateAsync(
        "bytes => window.hostile.channel.send(new Uint8Array(bytes))", message.Select(value => (int)value).ToArray());
}
