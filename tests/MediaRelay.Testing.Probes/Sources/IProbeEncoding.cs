namespace MediaRelay.Testing.Probes.Sources;

/// <summary>Where a probe source's encoded pictures come from: made as it goes, or recorded. One thread.</summary>
internal interface IProbeEncoding : IDisposable
{
    /// <summary>The next picture is a key frame, if that is possible.</summary>
    void RequestKeyFrame();

    /// <summary>Picture <paramref name="number"/>; empty when the encoder gave none. Valid as long as the encoding.</summary>
    ReadOnlyMemory<byte> Encode(long number, out bool isKeyFrame);
}
