using MediaRelay.Testing.Probes.Codes;

namespace MediaRelay.Testing.Probes.Sources;

/// <summary>Pictures of a source encoded beforehand, given again and again. May be shared by sources of several runs.</summary>
internal sealed class ProbeRecording : IProbeEncoding
{
    private readonly (byte[] Data, bool IsKeyFrame)[] _pictures;

    private ProbeRecording((byte[], bool)[] pictures) => _pictures = pictures;

    public IReadOnlyList<(byte[] Data, bool IsKeyFrame)> Pictures => _pictures;

    /// <summary>Encodes the loop as fast as it goes; a key frame begins every second, and so the loop.</summary>
    public static ProbeRecording Make(ProbeSourceOptions options, ProbeTimeline timeline)
    {
        using var encoding = new LiveProbeEncoding(options, timeline);
        var pictures = new (byte[], bool)[timeline.FramesPerLoop];
        for (var i = 0; i < pictures.Length; i++)
        {
            if (ProbeTimeline.IsMarked(i))
            {
                encoding.RequestKeyFrame();
            }

            var data = encoding.Encode(i, out var isKeyFrame);
            pictures[i] = (data.ToArray(), isKeyFrame);
        }

        return new ProbeRecording(pictures);
    }

    public void RequestKeyFrame()
    {
        // The next one is at most a second away.
    }

    public ReadOnlyMemory<byte> Encode(long number, out bool isKeyFrame)
    {
        var (data, isKey) = _pictures[number % _pictures.Length];
        isKeyFrame = isKey;
        return data;
    }

    public void Dispose()
    {
        // Plain memory.
    }
}
