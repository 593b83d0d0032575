using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>Reads the envelope of an overlay message and, of a tally, the likes. Allocates nothing.</summary>
internal static class OverlayReader
{
    /// <summary>False when it is no overlay message.</summary>
    /// <param name="likes">The room's total; −1 when the message says nothing of it.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, out OverlayKind kind, out long sentAtMicros, out long likes)
    {
        kind = default;
        sentAtMicros = 0;
        likes = -1;
        var reader = new MessagePackReader(message);
        if (!reader.TryReadArrayHeader(out var fields) || fields != OverlayEnvelope.FieldCount
            || !reader.TryReadInt64(out var version) || version != OverlayEnvelope.Version
            || !reader.TryReadUtf8(out var type)
            || !reader.TrySkip()
            || !reader.TryReadInt64(out sentAtMicros)
            || !reader.TrySkip())
        {
            return false;
        }

        kind = KindOf(type);
        return kind != OverlayKind.Tally || TryReadLikes(ref reader, out likes);
    }

    private static OverlayKind KindOf(ReadOnlySpan<byte> type) => type switch
    {
        _ when type.SequenceEqual("purchase"u8) => OverlayKind.Purchase,
        _ when type.SequenceEqual("tally"u8) => OverlayKind.Tally,
        _ when type.SequenceEqual("snapshot"u8) => OverlayKind.Snapshot,
        _ => OverlayKind.Announcement,
    };

    private static bool TryReadLikes(ref MessagePackReader reader, out long likes)
    {
        likes = -1;
        if (!reader.TryReadMapHeader(out var count))
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUtf8(out var key)
                || !(key.SequenceEqual("likes"u8) ? reader.TryReadInt64(out likes) : reader.TrySkip()))
            {
                return false;
            }
        }

        return true;
    }
}
