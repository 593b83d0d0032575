using System.Runtime.InteropServices;
using MediaRelay.Protocols.Buffers;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// Makes the packets of a picture equally long by RTP padding (RFC 3550 §5.1), so that the kernel can take them in one call per viewer
/// (UDP_SEGMENT). It is written once, into the shared packet, before anybody else sees it.
/// </summary>
internal static class RunPadding
{
    // The count is one byte, and where packets differ more the run is cut instead.
    private const int MaxPadding = 255;

    // What is sent on top must stay small beside what it saves: an eighth of the picture.
    private const int LargestShare = 8;

    /// <summary>Pads the packets of each picture in <paramref name="ready"/>; its last one only when sound comes right behind it.</summary>
    public static void Apply(List<FeedPacket> ready)
    {
        var packets = CollectionsMarshal.AsSpan(ready);
        for (var start = 0; start < packets.Length;)
        {
            var end = start + 1;
            while (end < packets.Length && IsOfSamePicture(packets[start], packets[end]))
            {
                end++;
            }

            if (packets[start].IsVideo && end - start > 1)
            {
                PadPicture(packets[start..end], isFollowedBySound: end < packets.Length && !packets[end].IsVideo);
            }

            start = end;
        }
    }

    private static bool IsOfSamePicture(in FeedPacket first, in FeedPacket next) =>
        next.IsVideo && next.Layer == first.Layer && next.Timestamp == first.Timestamp && next.Epoch == first.Epoch;

    private static void PadPicture(Span<FeedPacket> picture, bool isFollowedBySound)
    {
        var longest = 0;
        var total = 0;
        foreach (ref readonly var packet in picture)
        {
            longest = Math.Max(longest, packet.PayloadLength);
            total += packet.PayloadLength;
        }

        var budget = total / LargestShare;
        var count = isFollowedBySound ? picture.Length : picture.Length - 1;
        for (var i = 0; i < count; i++)
        {
            var missing = longest - picture[i].PayloadLength;
            if (missing is > 0 and <= MaxPadding && missing <= budget && Fits(picture[i], missing))
            {
                Pad(ref picture[i], missing);
                budget -= missing;
            }
        }
    }

    private static bool Fits(in FeedPacket packet, int padding) =>
        packet.Buffer.Start + packet.PayloadStart + packet.PayloadLength + padding <= packet.Buffer.Array.Length;

    private static void Pad(ref FeedPacket packet, int padding)
    {
        packet.Buffer.SetRange(packet.Buffer.Start, packet.PayloadStart + packet.PayloadLength + padding);
        var space = packet.Buffer.Span[(packet.PayloadStart + packet.PayloadLength)..];
        space.Clear();
        space[^1] = (byte)padding;
        packet = packet with { PaddingLength = padding };
    }
}
