using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class StrangersOnTheMediaPortTests(Stage stage, ITestOutputHelper output)
{
    private const string Drops = "mediarelay_packets_dropped_total";
    private const string BeforeStun = Drops + "{reason=\"dtls_before_stun\"}";

    // Few enough at a time for any socket buffer, so that each one is seen.
    private const int Burst = 50;
    private const int Bursts = 8;

    [Fact]
    public Task Datagrams_OfStrangers_AreCountedAndUnansweredAndTheViewerNoticesNothing() => stage.PlayAsync(output, async scene =>
    {
        await scene.PublishRedAsync();
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        await viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Red);
        var continuity = await Continuity.ExpectAsync(viewer.Picture);

        using var stranger = new UdpClient();
        stranger.Connect(scene.Server.Media);
        var random = new Random(20_200_616);
        for (var i = 0; i < Bursts; i++)
        {
            await SendAsync(scene, stranger, Enumerable.Range(0, Burst).Select(_ => RandomDatagram(random)).ToList());
        }

        var binding = StunBindingRequest();
        await SendAsync(scene, stranger, Enumerable.Range(1, binding.Length).Select(length => binding[..length]).ToList());
        var before = await scene.Server.ReadMetricAsync(BeforeStun);
        var hello = ClientHello();
        await SendAsync(scene, stranger, Enumerable.Range(1, hello.Length).Select(length => hello[..length]).ToList());
        Assert.Equal(hello.Length, await scene.Server.ReadMetricAsync(BeforeStun) - before);
        Assert.Equal(0, stranger.Available);

        await viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Red);
        await continuity.CheckAsync();
    });

    /// <summary>Sends datagrams and returns when as many more were dropped.</summary>
    private static async Task SendAsync(Scene scene, UdpClient stranger, IReadOnlyList<byte[]> datagrams)
    {
        foreach (var burst in datagrams.Chunk(Burst))
        {
            var before = await CountDropsAsync(scene);
            foreach (var datagram in burst)
            {
                await stranger.SendAsync(datagram);
            }

            await Wait.UntilAsync(
                $"{burst.Length} datagrams are counted", Picture.Longest, () => CountDropsAsync(scene), drops => drops >= before + burst.Length);
        }
    }

    private static async Task<double> CountDropsAsync(Scene scene) => (await scene.Server.ReadMetricsAsync()).Split('\n')
        .Where(line => line.StartsWith(Drops + "{", StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private static byte[] RandomDatagram(Random random)
    {
        var datagram = new byte[random.Next(1, 1_400)];
        random.NextBytes(datagram);
        return datagram;
    }

    /// <summary>RFC 8489 §5: a Binding request without attributes, so without credentials.</summary>
    private static byte[] StunBindingRequest()
    {
        var request = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(request, 0x0001);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), 0x2112_A442);
        "mediarelay..".AsSpan().ToArray().Select(letter => (byte)letter).ToArray().CopyTo(request.AsSpan(8));
        return request;
    }

    /// <summary>RFC 6347 §4.2: a DTLS 1.2 record with a ClientHello that offers one cipher suite.</summary>
    private static byte[] ClientHello()
    {
        byte[] body =
        [
            0xFE, 0xFD, // client_version: DTLS 1.2
            .. new byte[32], // random
            0, // session_id
            0, // cookie
            0, 2, 0xC0, 0x2B, // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            1, 0, // no compression
        ];
        var length = (byte)body.Length;
        byte[] handshake = [1, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length, .. body];
        return [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)handshake.Length, .. handshake];
    }
}
