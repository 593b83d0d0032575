namespace MediaRelay.Mixing.Link;

/// <summary>One source's part of <see cref="MixerStats"/>; counts are since it joined.</summary>
public sealed record MixerSourceStats
{
    public int Index { get; init; }

    /// <summary>The tile shows the host, not the slate.</summary>
    public bool IsLive { get; init; }

    public long PicturesDecoded { get; init; }

    /// <summary>Access units given up because packets were missing or the decoder refused them.</summary>
    public long PicturesLost { get; init; }

    /// <summary>Sound that was made up, or silent, because its packet was lost or late, in ms.</summary>
    public long ConcealedMs { get; init; }

    /// <summary>Sound of lost packets that the next one had a copy of (in-band FEC), in ms.</summary>
    public long RecoveredMs { get; init; }

    /// <summary>Packets of sound that came after their time.</summary>
    public long SoundPacketsLate { get; init; }

    /// <summary>What its sound is amplified by so that all sources are equally loud, in dB; −12…+12.</summary>
    public double GainDb { get; init; }

    /// <summary>Interarrival jitter of the picture's packets, in ms (RFC 3550 §6.4.1).</summary>
    public double JitterMs { get; init; }

    /// <summary>Picture ahead (+) or behind (−) of sound at capture, in ms.</summary>
    public double AvSkewMs { get; init; }

    /// <summary>
    /// From the arrival of a picture's last packet at the relay until the mix that shows it is encoded, in ms, smoothed: what
    /// mixing adds to passing the picture on.
    /// </summary>
    public double AddedLatencyMs { get; init; }

    /// <summary>Time that its last picture stood still for want of another one (more than 100 ms), in ms.</summary>
    public long HeldMs { get; init; }
}
