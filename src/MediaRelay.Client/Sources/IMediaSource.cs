using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>Where a host's pictures and sound come from. Read on the host's loop.</summary>
public interface IMediaSource : IDisposable
{
    /// <summary>Null without a picture.</summary>
    VideoCodec? Video { get; }

    bool HasAudio { get; }

    /// <summary>The simulcast encodings of the picture, lowest quality first; none for a single one.</summary>
    IReadOnlyList<string> Rids => [];

    /// <summary>When <see cref="TryRead"/> will have something; <see cref="Timestamp.Never"/> while only the wake-up can tell.</summary>
    Timestamp NextFrame { get; }

    /// <summary>Begins; called once, when the host is connected. <paramref name="wake"/> may be called from any thread.</summary>
    void Start(Timestamp now, Action wake);

    /// <summary>The next frame that is due; false when there is none.</summary>
    bool TryRead(Timestamp now, out MediaFrame frame);

    /// <summary>Asks for a key frame soon; a source that cannot make one on demand ignores it.</summary>
    void RequestKeyFrame(Timestamp now);
}
