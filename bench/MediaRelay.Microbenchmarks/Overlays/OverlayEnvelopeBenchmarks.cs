using System.Buffers;
using BenchmarkDotNet.Attributes;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Overlays.Incoming;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Microbenchmarks.Overlays;

/// <summary>A purchase as it is encoded once per room, and a viewer's like as it is read.</summary>
[MemoryDiagnoser]
public class OverlayEnvelopeBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(4_096);
    private readonly PurchaseBody _purchase = new(new Purchase(
        new ItemKey(MerchantId.Parse("aurora"), ItemId.Parse("serum")),
        "Dew serum 30 ml · 晨露精华",
        2,
        new Money(39_800, "CNY"),
        RoomId.Parse("bamboo")));

    private byte[] _like = [];

    [GlobalSetup]
    public void Setup()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(OverlayEnvelope.FieldCount);
        writer.WriteInteger(OverlayEnvelope.Version);
        writer.WriteString("like");
        writer.WriteInteger(17);
        writer.WriteInteger(1_800_000_000_000_000);
        writer.WriteNil();
        writer.WriteMapHeader(1);
        writer.WriteString("count");
        writer.WriteInteger(3);
        _like = output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public int WritePurchase()
    {
        _output.ResetWrittenCount();
        OverlayEnvelope.Write(new MessagePackWriter(_output), 4_711, 1_800_000_000_000_000, 90_000, _purchase);
        return _output.WrittenCount;
    }

    [Benchmark]
    public bool ReadLike() => ViewerMessageReader.TryRead(_like, out _, out _);
}
