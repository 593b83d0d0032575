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

    // RFC 6716 table 2: SILK 10, 20, 40, 60 ms; hybrid 10, 20 ms; CELT 2.5, 5, 10, 20 ms.
    private static int GetFrameDuration(int configuration) => configuration switch
    {
        < 12 => (configuration & 3) == 3 ? 2_880 : 480 << (configuration & 3),
        < 16 => 480 << (configuration & 1),
        _ => 120 << (configuration & 3),
    };
}
