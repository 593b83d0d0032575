using MediaRelay.Commerce.CoHosting;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Server.Options;
using MediaRelay.Server.Signaling;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// What a co-host session needs of a mixer when it begins: a source per room, one picture per codec and orientation that its rooms use, one
/// sound for all viewers and one per host without its own. Pure.
/// </summary>
internal sealed class MixPlan
{
    public MixPlan(CoHostSession session, IReadOnlyList<RoomEntry> rooms, IReadOnlyList<VideoCodec?> codecs, CoHostOptions options)
    {
        Rooms = rooms;
        Codecs = [.. rooms.Select((room, i) => codecs[i] ?? room.FixedCodec ?? VideoCodec.H264)];
        var pictures = rooms.Select((room, i) => (Codec: Codecs[i], room.IsPortrait)).Distinct();
        Spec = new MixerSpec(
            session.Id.Value,
            [.. rooms.Select((room, i) => new MixerSourceSpec(i, room.Id.Value, room.Facts.MerchantId, room.MerchantName, codecs[i]))],
            [
                .. pictures.Select(picture =>
                    MixerOutputSpec.Video(MixOutputs.Picture(picture.Codec, picture.IsPortrait), picture.Codec, picture.IsPortrait)),
                MixerOutputSpec.Program(MixOutputs.Program),
                .. rooms.Select((_, i) => MixerOutputSpec.MixMinus(MixOutputs.Return(i), i)),
            ],
            ToLayout(session.Layout))
        {
            VideoBitrateKbps = options.VideoBitRate / 1000,
            LoudnessTarget = options.LoudnessTarget,
            ShowsNames = options.ShowNames == CoHostOptions.NamesInTiles,
            Elements = ElementsOf(options),
        };
    }

    public MixerSpec Spec { get; }

    public IReadOnlyList<RoomEntry> Rooms { get; }

    /// <summary>Per room: what its viewers get as long as no host tells of another codec.</summary>
    public IReadOnlyList<VideoCodec> Codecs { get; }

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
}
