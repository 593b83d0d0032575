using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// A still picture as a short loop of encoded pictures (one key frame and small ones that repeat it), already cut into RTP payloads.
/// Immutable and shared by all rooms that show it.
/// </summary>
public sealed class Slate
{
    /// <param name="codec">What the pictures are encoded in.</param>
    /// <param name="pictures">RTP payloads per picture, in order; the first picture is a key frame.</param>
    public Slate(VideoCodec codec, IReadOnlyList<IReadOnlyList<byte[]>> pictures)
    {
        if (pictures.Count == 0)
        {
            throw new ArgumentException("A slate needs at least one picture.", nameof(pictures));
        }

        Codec = codec;
        Pictures = pictures;
    }

    public VideoCodec Codec { get; }

    public IReadOnlyList<IReadOnlyList<byte[]>> Pictures { get; }

    /// <summary>Cuts encoded pictures (access units as an encoder gives them) into RTP payloads.</summary>
    public static Slate FromAccessUnits(VideoCodec codec, IReadOnlyList<byte[]> accessUnits, int maxPayloadLength = 1_100)
    {
        var packetizer = VideoPacketizer.Create(codec, maxPayloadLength);
        var scratch = new byte[maxPayloadLength];
        var pictures = new List<IReadOnlyList<byte[]>>();
        foreach (var accessUnit in accessUnits)
        {
            var payloads = new List<byte[]>();
            packetizer.Start(accessUnit, pictures.Count == 0);
            while (packetizer.TryNext(scratch, out var length, out _))
            {
                payloads.Add(scratch.AsSpan(0, length).ToArray());
            }

            pictures.Add(payloads);
        }

        return new Slate(codec, pictures);
    }
}
