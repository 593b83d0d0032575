namespace MediaRelay.Mixing.Codecs;

/// <summary>Where a <see cref="CodecPipeline"/> delivers; called within a push, on the thread that pushes.</summary>
internal interface ICodecSink
{
    /// <summary>
    /// The output's format from now on; <paramref name="structure"/> is a GstStructure. Returns false to refuse it.
    /// </summary>
    bool OnFormat(nint structure);

    /// <summary>One GstBuffer, whose reference passes to the sink.</summary>
    void OnBuffer(nint buffer);
}
