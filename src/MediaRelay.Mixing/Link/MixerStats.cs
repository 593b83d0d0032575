namespace MediaRelay.Mixing.Link;

/// <summary>What a worker reports once a second; counts are since its start.</summary>
public sealed record MixerStats
{
    /// <summary>Pictures composed, one per canvas and tick.</summary>
    public long FramesComposed { get; init; }

    /// <summary>Ticks of the canvas clock at which a picture was due, made or not.</summary>
    public long Ticks { get; init; }

    /// <summary>Pictures per second now.</summary>
    public double FrameRate { get; init; }

    /// <summary>
    /// Ticks of the canvas clock that were over before their picture was ready, so that none was made.
    /// </summary>
    public long FramesLate { get; init; }

    /// <summary>Blocks of 20 ms of sound that were left out because the worker got no time for them.</summary>
    public long BlocksLate { get; init; }

    /// <summary>Tiles that showed a live source's picture a second time because the next one had not come.</summary>
    public long FramesRepeated { get; init; }

    /// <summary>Pictures in which a tile had neither a picture nor a slate to show.</summary>
    public long FramesBlack { get; init; }

    /// <summary>Encoders of pictures that run now.</summary>
    public int Encoders { get; init; }

    /// <summary>Pictures that an encoder was too slow to take.</summary>
    public long FramesSkippedByEncoder { get; init; }

    /// <summary>Outputs whose configured encoder failed, so that the software one does its work.</summary>
    public int EncodersFallenBack { get; init; }

    /// <summary>Delay between capture and its place in the mix, in ms; common to all sources.</summary>
    public double DelayMs { get; init; }

    /// <summary>Picture ahead (+) or behind (−) of sound at capture, in ms; the worst source.</summary>
    public double AvSkewMs { get; init; }

    /// <summary>
    /// Time from a tick of the canvas clock to its last encoded packet, in ms; mean of the last second.
    /// </summary>
    public double EncodeDelayMs { get; init; }

    /// <summary>Frames that the worker could not post because the relay read too slowly.</summary>
    public long PostsDropped { get; init; }

    public IReadOnlyList<MixerSourceStats> Sources { get; init; } = [];
}
