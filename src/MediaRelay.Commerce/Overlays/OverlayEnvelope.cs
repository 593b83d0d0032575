using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// The shape of every message in either direction: <c>[1, type, seq, sentAt µs, mediaTime|nil, body map]</c>.
/// </summary>
public static class OverlayEnvelope
{
    public const int Version = 1;
    public const int FieldCount = 6;

    /// <summary>60 KiB: below the 64 KiB that a peer takes which says nothing (RFC 8841 §6.1).</summary>
    public const int MaxBytes = 60 * 1024;

    /// <summary>What the envelope needs besides the body, rounded up.</summary>
    public const int Overhead = 64;

    internal static void Write<TBody>(
        MessagePackWriter writer, long seq, long sentAtMicros, long? mediaTime, in TBody body)
        where TBody : IOverlayBody
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteInteger(Version);
        writer.WriteString(body.Type);
        writer.WriteInteger(seq);
        writer.WriteInteger(sentAtMicros);
        writer.WriteIntegerOrNil(mediaTime);
        body.Write(writer);
    }
}
