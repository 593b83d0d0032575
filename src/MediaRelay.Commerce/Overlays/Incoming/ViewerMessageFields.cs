using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Incoming;

/// <summary>
/// The fields of all viewer messages' bodies, as far as they stood there with the right MessagePack type.
/// </summary>
internal ref struct ViewerMessageFields
{
    public long? Count;
    public long? OverlaySeq;
    public long? Seq;
    public long? AfterSeq;
    public double? X;
    public double? Y;
    public ReadOnlySpan<byte> Text;
    public ReadOnlySpan<byte> ShareCode;
    public ReadOnlySpan<byte> MerchantId;
    public ReadOnlySpan<byte> ItemId;
    public ReadOnlySpan<byte> CouponId;
    public ReadOnlySpan<byte> DrawId;
    public ReadOnlySpan<byte> BargainId;
    public ReadOnlySpan<byte> T;
    public bool HasText;
    public bool HasShareCode;
    public bool HasMerchantId;
    public bool HasItemId;
    public bool HasCouponId;
    public bool HasDrawId;
    public bool HasBargainId;

    public static bool IsKnown(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("count"u8) || name.SequenceEqual("text"u8) || name.SequenceEqual("shareCode"u8)
        || name.SequenceEqual("merchantId"u8) || name.SequenceEqual("itemId"u8) || name.SequenceEqual("x"u8)
            || name.SequenceEqual("y"u8)
        || name.SequenceEqual("overlaySeq"u8) || name.SequenceEqual("couponId"u8) || name.SequenceEqual("drawId"u8)
        || name.SequenceEqual("bargainId"u8) || name.SequenceEqual("seq"u8) || name.SequenceEqual("afterSeq"u8)
            || name.SequenceEqual("t"u8);

    /// <summary>Reads a known field's value; false when the field is unknown or its value of another type.</summary>
    public bool TryRead(ReadOnlySpan<byte> name, ref MessagePackReader reader)
    {
        if (name.SequenceEqual("count"u8))
        {
            return TryReadPositive(ref reader, ref Count);
        }

        if (name.SequenceEqual("text"u8))
        {
            return HasText = reader.TryReadUtf8(out Text);
        }

        if (name.SequenceEqual("shareCode"u8))
        {
            return HasShareCode = reader.TryReadUtf8(out ShareCode);
        }

        if (name.SequenceEqual("merchantId"u8))
        {
            return HasMerchantId = reader.TryReadUtf8(out MerchantId);
        }

        if (name.SequenceEqual("itemId"u8))
        {
            return HasItemId = reader.TryReadUtf8(out ItemId);
        }

        if (name.SequenceEqual("x"u8))
        {
            return TryReadNumber(ref reader, ref X);
        }

        if (name.SequenceEqual("y"u8))
        {
            return TryReadNumber(ref reader, ref Y);
        }

        if (name.SequenceEqual("overlaySeq"u8))
        {
            return reader.TryReadNil() || TryReadPositive(ref reader, ref OverlaySeq);
        }

        if (name.SequenceEqual("couponId"u8))
        {
            return HasCouponId = reader.TryReadUtf8(out CouponId);
        }

        if (name.SequenceEqual("drawId"u8))
        {
            return HasDrawId = reader.TryReadUtf8(out DrawId);
        }

        if (name.SequenceEqual("bargainId"u8))
        {
            return HasBargainId = reader.TryReadUtf8(out BargainId);
        }

        if (name.SequenceEqual("seq"u8))
        {
            return TryReadPositive(ref reader, ref Seq);
        }

        if (name.SequenceEqual("afterSeq"u8))
        {
            return TryReadPositive(ref reader, ref AfterSeq);
        }

        return name.SequenceEqual("t"u8) && TryReadRawNumber(ref reader);
    }

    private static bool TryReadPositive(ref MessagePackReader reader, ref long? field)
    {
        if (!reader.TryReadInt64(out var value) || value < 0)
        {
            return false;
        }

        field = value;
        return true;
    }

    private static bool TryReadNumber(ref MessagePackReader reader, ref double? field)
    {
        if (!reader.TryReadDouble(out var value))
        {
            return false;
        }

        field = value;
        return true;
    }

    private bool TryReadRawNumber(ref MessagePackReader reader)
    {
        var encoded = reader.Rest;
        if (!reader.TryReadDouble(out _))
        {
            return false;
        }

        T = encoded[..(encoded.Length - reader.Remaining)];
        return true;
    }
}
