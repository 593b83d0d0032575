using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>Reads the envelope of an overlay message and what is counted of its body. Allocates nothing.</summary>
internal static class OverlayReader
{
    /// <summary>False when it is no overlay message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out OverlaySighting sighting)
    {
        sighting = default;
        var reader = new MessagePackReader(message);
        if (!reader.TryReadArrayHeader(out var fields) || fields != OverlayEnvelope.FieldCount
            || !reader.TryReadInt64(out var version) || version != OverlayEnvelope.Version
            || !reader.TryReadUtf8(out var type)
            || !reader.TryReadInt64(out var seq)
            || !reader.TryReadInt64(out var sentAtMicros)
            || !reader.TrySkip())
        {
            return false;
        }

        var (kind, overlayClass) = KindOf(type);
        var likes = -1L;
        ReadOnlySpan<byte> merchant = default;
        if (kind != OverlayKind.Snapshot && !TryReadBody(ref reader, ref likes, ref merchant))
        {
            return false;
        }

        sighting = new OverlaySighting
        {
            Kind = kind, Class = overlayClass, Seq = seq, SentAtMicros = sentAtMicros, Likes = likes, Merchant = merchant,
        };
        return true;
    }

    private static (OverlayKind Kind, OverlayClass Class) KindOf(ReadOnlySpan<byte> type) => type switch
    {
        _ when type.SequenceEqual("purchase"u8) => (OverlayKind.Purchase, OverlayClass.Purchase),
        _ when type.SequenceEqual("tally"u8) => (OverlayKind.Tally, OverlayClass.Tally),
        _ when type.SequenceEqual("pong"u8) => (OverlayKind.Tally, OverlayClass.Tally),
        _ when type.SequenceEqual("snapshot"u8) => (OverlayKind.Snapshot, OverlayClass.Shelf),
        _ when type.SequenceEqual("comment"u8) || type.SequenceEqual("notice"u8) => (OverlayKind.Announcement, OverlayClass.Comment),
        _ => (OverlayKind.Announcement, OverlayClass.Shelf),
    };

    private static bool TryReadBody(ref MessagePackReader reader, ref long likes, ref ReadOnlySpan<byte> merchant)
    {
        if (!reader.TryReadMapHeader(out var count))
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUtf8(out var key))
            {
                return false;
            }

            var isRead = key.SequenceEqual("likes"u8) ? reader.TryReadInt64(out likes)
                : key.SequenceEqual("merchantId"u8) ? reader.TryReadUtf8(out merchant)
                : reader.TrySkip();
            if (!isRead)
            {
                return false;
            }
        }

        return true;
    }
}
