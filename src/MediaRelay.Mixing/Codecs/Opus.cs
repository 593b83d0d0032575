using System.Runtime.InteropServices;

namespace MediaRelay.Mixing.Codecs;

/// <summary>The functions of libopus that are used, by their C names (opus.h).</summary>
internal static unsafe partial class Opus
{
    // The one that GStreamer's opusdec is linked to.
    private const string Library = "libopus.so.0";

    /// <summary>It can be loaded.</summary>
    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, typeof(Opus).Assembly, DllImportSearchPath.SafeDirectories, out _);

    [LibraryImport(Library, EntryPoint = "opus_decoder_create")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint DecoderCreate(int sampleRate, int channels, out int error);

    /// <summary>Gives the number of samples per channel, or an error below 0. No data: makes up what was lost.</summary>
    [LibraryImport(Library, EntryPoint = "opus_decode")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Decode(nint decoder, byte* data, int length, short* samples, int maxFrames, int decodeFec);

    [LibraryImport(Library, EntryPoint = "opus_decoder_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void DecoderDestroy(nint decoder);
}
