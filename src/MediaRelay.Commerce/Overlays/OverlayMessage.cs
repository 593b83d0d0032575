using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// One encoded message, shared by all viewers who get it. Immutable but for the counts of its delivery.
/// </summary>
public sealed class OverlayMessage
{
    internal OverlayMessage(
        string type, long seq, long sentAtMicros, MerchantId? merchantId, bool isAddressed, byte[] bytes)
    {
        Type = type;
        Class = OverlayTypes.ClassOf(type);
        Seq = seq;
        SentAtMicros = sentAtMicros;
        MerchantId = merchantId;
        IsAddressed = isAddressed;
        Bytes = bytes;
        Delivery = isAddressed || Class < OverlayClass.Shelf ? null : new OverlayDelivery(seq, sentAtMicros, type, merchantId);
    }

    public string Type { get; }

    public OverlayClass Class { get; }

    /// <summary>The room's number for it.</summary>
    public long Seq { get; }

    /// <summary>When the relay accepted the cause, in Unix microseconds.</summary>
    public long SentAtMicros { get; }

    /// <summary>Whose message it is; null for the room's own.</summary>
    public MerchantId? MerchantId { get; }

    /// <summary>For one viewer: not replayed to anybody.</summary>
    public bool IsAddressed { get; }

    /// <summary>The whole MessagePack array.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Counts who got it; only for what goes to a whole room and is never shed.</summary>
    public OverlayDelivery? Delivery { get; }
}
