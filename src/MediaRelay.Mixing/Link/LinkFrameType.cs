namespace MediaRelay.Mixing.Link;

/// <summary>What a frame on the link between relay and worker carries. The numbers are the wire's.</summary>
internal enum LinkFrameType : byte
{
    /// <summary>First frame of either side: protocol version (u16).</summary>
    Hello = 1,

    /// <summary>Relay → worker: the whole session as JSON (<see cref="MixerSpec"/>).</summary>
    Start = 2,

    /// <summary>Worker → relay: codecs are open and the canvas runs.</summary>
    Started = 3,

    /// <summary>Worker → relay: it cannot go on; the payload is the reason as text.</summary>
    Failed = 4,

    /// <summary>
    /// Either way, every 50 ms. The relay's is empty; the worker's says for how many ms its slowest thread has not come
    /// round (u32).
    /// </summary>
    Heartbeat = 5,

    /// <summary>Relay → worker: end the session.</summary>
    Stop = 6,

    /// <summary>
    /// Relay → worker, before a session: load these codecs (<see cref="Codecs.CodecElements"/> as JSON) and play a session
    /// with yourself, so that the next one finds everything loaded and compiled.
    /// </summary>
    Prepare = 7,

    /// <summary>Worker → relay: prepared.</summary>
    Prepared = 8,

    /// <summary>Relay → worker: arrival (i64, monotonic ns), then an RTP packet of the source's picture.</summary>
    SourceVideo = 10,

    /// <summary>Relay → worker: arrival (i64, monotonic ns), then an RTP packet of the source's sound.</summary>
    SourceAudio = 11,

    /// <summary>
    /// Relay → worker: RTP timestamp (u32) of the picture's clock and its capture time (i64, monotonic ns).
    /// </summary>
    VideoMapping = 12,

    /// <summary>
    /// Relay → worker: RTP timestamp (u32) of the sound's clock and its capture time (i64, monotonic ns).
    /// </summary>
    AudioMapping = 13,

    /// <summary>Relay → worker: the layout as JSON (<see cref="LayoutChange"/>).</summary>
    Layout = 14,

    /// <summary>Relay → worker: the output's next picture must be a key frame.</summary>
    OutputKeyFrame = 15,

    /// <summary>Relay → worker: a source joins, as JSON (<see cref="MixerSourceSpec"/>).</summary>
    AddSource = 16,

    /// <summary>Relay → worker: the source leaves.</summary>
    RemoveSource = 17,

    /// <summary>Relay → worker: the source's video codec from now on (u8).</summary>
    SourceCodec = 18,

    /// <summary>Relay → worker: an output more, as JSON (<see cref="MixerOutputSpec"/>).</summary>
    AddOutput = 19,

    /// <summary>Relay → worker: the output ends.</summary>
    RemoveOutput = 20,

    /// <summary>Relay → worker: the output's video bit rate from now on (u32, kbit/s).</summary>
    OutputBitrate = 21,

    /// <summary>Relay → worker: a picture is made at every n-th tick of the canvas clock from now on (u8, 1–4).</summary>
    CanvasStep = 22,

    /// <summary>Worker → relay: an RTP packet of the output.</summary>
    OutputRtp = 30,

    /// <summary>
    /// Worker → relay: RTP timestamp (u32) of the output and the capture time (i64, monotonic ns) that it shows.
    /// </summary>
    OutputMapping = 31,

    /// <summary>Worker → relay: the source's decoder needs a key frame.</summary>
    SourceKeyFrame = 32,

    /// <summary>Worker → relay, once a second: <see cref="MixerStats"/> as JSON.</summary>
    Stats = 33,
}
