namespace MediaRelay.Mixing.Slates;

/// <summary>
/// An encoded still that is sent in a loop: the first access unit is a key frame, those that follow change nothing and
/// are a few bytes each. After the last one the loop begins again with the key frame. Immutable.
/// </summary>
public sealed class Slate
{
    /// <summary>Pictures per second that it is meant to be sent at.</summary>
    public const int FrameRate = 4;

    /// <summary>Access units in a loop: ten seconds, so that who joins without a request waits no longer.</summary>
    public const int Frames = 10 * FrameRate;

    // A hundred times what a slate needs.
    private const int MaxFrameLength = 256 * 1024;

    private Slate(IReadOnlyList<ReadOnlyMemory<byte>> accessUnits) => AccessUnits = accessUnits;

    /// <summary>H.264 as byte stream (Annex B) with parameter sets in the first, or VP8 frames.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> AccessUnits { get; }

    /// <summary>
    /// Reads what <see cref="SlateEncoder"/> writes: each access unit behind its length (u32, big-endian). False when
    /// <paramref name="data"/> is cut off, empty or too large.
    /// </summary>
    public static bool TryParse(ReadOnlyMemory<byte> data, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Slate? slate)
    {
        slate = null;
        var accessUnits = new List<ReadOnlyMemory<byte>>();
        while (!data.IsEmpty)
        {
            if (data.Length < sizeof(uint) || accessUnits.Count == Frames)
            {
                return false;
            }

            var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(data.Span);
            data = data[sizeof(uint)..];
            if (length is 0 or > MaxFrameLength || length > data.Length)
            {
                return false;
            }

            accessUnits.Add(data[..(int)length]);
            data = data[(int)length..];
        }

        if (accessUnits.Count != Frames)
        {
            return false;
        }

        slate = new Slate(accessUnits);
        return true;
    }
}
