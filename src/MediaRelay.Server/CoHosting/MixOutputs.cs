using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// The numbers that a mixer's outputs have on its link: always the same for the same output, so that they may come and go while it runs.
/// </summary>
internal static class MixOutputs
{
    /// <summary>The sound for all viewers.</summary>
    public const int Program = 2 * 2 * Sizes;

    private const int Sizes = 2;

    /// <summary>The picture in a codec and orientation; the small one behind it.</summary>
    public static int Picture(VideoCodec codec, bool isPortrait) => (((int)codec * 2) + (isPortrait ? 1 : 0)) * Sizes;

    /// <summary>The same picture at half of the width and height.</summary>
    public static int SmallPicture(VideoCodec codec, bool isPortrait) => Picture(codec, isPortrait) + 1;

    /// <summary>The sound for the host of the room with that place in the session.</summary>
    public static int Return(int room) => Program + 1 + room;

    public static bool IsVideo(int output) => output < Program;
}
