namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// Opus in RTP (RFC 7587): the payload is exactly one Opus packet (RFC 6716 §3), so it needs no packetizer.
/// </summary>
public static class OpusPayload
{
    /// <summary>The RTP clock, whatever the audio's bandwidth (RFC 7587 §4.1).</summary>
    public const int ClockRate = 48_000;

    // RFC 6716 §3.2.5 (R5): a packet holds at most 120 ms.
    private const int MaxDuration = 5_760;

    // RFC 6716 table 2: what is below has a SILK layer.
    private const int FirstCeltConfiguration = 16;
    private const int SilkFrame = 960;

    /// <summary>One packet of 20 ms of silence, mono, CELT full band.</summary>
    public static ReadOnlySpan<byte> Silence => [0xF8, 0xFF, 0xFE];

    /// <summary>
    /// The audio that a packet holds, in ticks of 48 kHz, from its table-of-contents byte (RFC 6716 §3.1); false when
    /// it is empty or its frame count is not allowed.
    /// </summary>
    public static bool TryGetDuration(ReadOnlySpan<byte> payload, out int ticks)
    {
        ticks = 0;
        if (payload.IsEmpty)
        {
            return false;
        }

        var frames = 0;
        switch (payload[0] & 0x03)
        {
            case 0:
                frames = 1;
                break;
            case 1 or 2:
                frames = 2;
                break;
            case 3 when payload.Length > 1:
                frames = payload[1] & 0x3F;
                break;
        }

        var duration = frames * GetFrameDuration(payload[0] >> 3);
        if (duration is 0 or > MaxDuration)
        {
            return false;
        }

        ticks = duration;
        return true;
    }

    /// <summary>True when the table of contents says stereo.</summary>
    public static bool IsStereo(ReadOnlySpan<byte> payload) => !payload.IsEmpty && (payload[0] & 0x04) != 0;

    /// <summary>
    /// The packet pauses the sound (DTX, RFC 7587 §3.1.3): its sender has sent two bytes or fewer, which make comfort
    /// noise, and is silent until it speaks or 400 ms have gone by.
    /// </summary>
    public static bool IsPause(ReadOnlySpan<byte> payload) => payload.Length is 1 or 2;

    /// <summary>
    /// True when the packet holds a copy of what was just before it (forward error correction, RFC 6716 §2.1.7);
    /// <paramref name="ticks"/> is how much: one of its frames.
    /// </summary>
    public static bool HasRecovery(ReadOnlySpan<byte> payload, out int ticks)
    {
        ticks = 0;
        if (payload.IsEmpty || payload[0] >> 3 >= FirstCeltConfiguration || !TryGetFirstFrame(payload, out var start))
        {
            return false;
        }

        // RFC 6716 §4.2.3: for each channel one flag per SILK frame of 20 ms says whether it is speech, then one whether
        // a copy comes with it. Even odds each, so they are the frame's first bits as they are.
        ticks = GetFrameDuration(payload[0] >> 3);
        var frames = Math.Max(1, ticks / SilkFrame);
        var first = payload[start];
        return (first & (0x80 >> frames)) != 0 || (IsStereo(payload) && (first & (0x80 >> ((2 * frames) + 1))) != 0);
    }

    // RFC 6716 §3.2: where the first frame's data begins; false when it has none.
    private static bool TryGetFirstFrame(ReadOnlySpan<byte> payload, out int start)
    {
        start = 1;
        var lengths = 0;
        switch (payload[0] & 0x03)
        {
            case 2:
                lengths = 1;
                break;
            case 3 when payload.Length > 1:
                start = 2;
                lengths = (payload[1] & 0x80) != 0 ? (payload[1] & 0x3F) - 1 : 0;
                if ((payload[1] & 0x40) != 0 && !TrySkipPaddingLength(payload, ref start))
                {
                    return false;
                }

                break;
            case 3:
                return false;
        }

        for (var i = 0; i < lengths && start < payload.Length; i++)
        {
            // §3.2.1: up to 251 in one byte, 0 is a frame that was not sent; more in two.
            if (i == 0 && payload[start] == 0)
            {
                return false;
            }

            start += payload[start] >= 252 ? 2 : 1;
        }

        return start < payload.Length;
    }

    // §3.2.5: 255 means 254 and another byte.
    private static bool TrySkipPaddingLength(ReadOnlySpan<byte> payload, ref int start)
    {
        while (start < payload.Length)
        {
            if (payload[start++] != 255)
            {
                return true;
            }
        }

        return false;
    }

    // RFC 6716 table 2: SILK 10, 20, 40, 60 ms; hybrid 10, 20 ms; CELT 2.5, 5, 10, 20 ms.
    private static int GetFrameDuration(int configuration) => configuration switch
    {
        < 12 => (configuration & 3) == 3 ? 2_880 : 480 << (configuration & 3),
        < 16 => 480 << (configuration & 1),
        _ => 120 << (configuration & 3),
    };
}
