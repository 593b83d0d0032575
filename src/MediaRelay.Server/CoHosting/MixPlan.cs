using MediaRelay.Commerce.CoHosting;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Server.Options;
using MediaRelay.Server.Signaling;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// What a co-host session needs of a mixer: a source per room, one picture per codec and orientation that its rooms use, one sound for
/// all viewers and one per host without its own. Pure.
/// </summary>
internal sealed class MixPlan
{
    private readonly Dictionary<(VideoCodec Codec, bool Portrait), int> _pictures = [];
    private readonly List<MixerOutputSpec> _outputs = [];

    public MixPlan(CoHostSession session, IReadOnlyList<RoomEntry> rooms, IReadOnlyList<VideoCodec?> codecs, CoHostOptions options)
    {
        Rooms = rooms;
        PictureOf = new int[rooms.Count];
        CodecOf = new VideoCodec[rooms.Count];
        ReturnOf = new int[rooms.Count];
        for (var i = 0; i < rooms.Count; i++)
        {
            CodecOf[i] = codecs[i] ?? rooms[i].FixedCodec ?? VideoCodec.H264;
            PictureOf[i] = PictureFor(CodecOf[i], rooms[i].IsPortrait);
        }

        Program = Add(MixerOutputSpec.Program(_outputs.Count));
        for (var i = 0; i < rooms.Count; i++)
        {
            ReturnOf[i] = Add(MixerOutputSpec.MixMinus(_outputs.Count, i));
        }

        Spec = new MixerSpec(
            session.Id.Value,
            [.. rooms.Select((room, i) => new MixerSourceSpec(i, room.Id.Value, room.Facts.MerchantId, room.MerchantName, codecs[i]))],
            _outputs,
            ToLayout(session.Layout))
        {
            VideoBitrateKbps = options.VideoBitRate / 1000,
            LoudnessTarget = options.LoudnessTarget,
            Elements = ElementsOf(options),
        };
    }

    public MixerSpec Spec { get; }

    public IReadOnlyList<RoomEntry> Rooms { get; }

    /// <summary>Per room: the output with its viewers' picture.</summary>
    public int[] PictureOf { get; }

    public VideoCodec[] CodecOf { get; }

    /// <summary>Per room: the output with the sound for its host.</summary>
    public int[] ReturnOf { get; }

    /// <summary>The output with the sound for all viewers.</summary>
    public int Program { get; }

    public bool IsVideo(int output) => _outputs[output].Kind == MixerOutputKind.Video;

    /// <summary>The configured GStreamer elements.</summary>
    public static CodecElements ElementsOf(CoHostOptions options) => new()
    {
        H264Decoder = options.H264Decoder,
        H264Encoder = options.H264Encoder,
        Vp8Decoder = options.Vp8Decoder,
        Vp8Encoder = options.Vp8Encoder,
        OpusDecoder = options.OpusDecoder,
        OpusEncoder = options.OpusEncoder,
    };

    /// <summary>The mixer's words for a session's layout.</summary>
    public static Layout ToLayout(CoHostLayout layout)
    {
        if (!layout.IsCustom)
        {
            return Layout.TryFromName(layout.Name, out var named) ? named : Layout.Auto;
        }

        return new Layout
        {
            Kind = LayoutKind.Custom,
            Tiles =
            [
                .. layout.Tiles.Select(tile => new Mixing.Scenes.LayoutTile(
                    tile.RoomId.Value, tile.X, tile.Y, tile.Width, tile.Height, tile.Z, tile.IsContained ? TileFit.Contain : TileFit.Cover)),
            ],
        };
    }

    private int PictureFor(VideoCodec codec, bool portrait)
    {
        if (!_pictures.TryGetValue((codec, portrait), out var output))
        {
            output = Add(MixerOutputSpec.Video(_outputs.Count, codec, portrait));
            _pictures.Add((codec, portrait), output);
        }

        return output;
    }

    private int Add(MixerOutputSpec output)
    {
        _outputs.Add(output);
        return output.Index;
    }
}
