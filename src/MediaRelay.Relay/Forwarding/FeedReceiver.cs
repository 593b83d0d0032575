using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Peers;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// A viewer in a fan-out, with what a pass over all viewers touches of each: 20 to 30 cache lines in a chain of objects, which would be
/// waited for one after the other. Here they stand side by side, so that they can be asked for ahead.
/// </summary>
internal readonly struct FeedReceiver(ViewerSession viewer, PeerConnection peer, VideoSubscription? video, AudioSubscription? audio)
{
    private readonly PeerConnection _peer = peer;
    private readonly VideoSubscription? _video = video;
    private readonly OutgoingStream? _videoStream = video?.Stream;
    private readonly object? _videoSender = video?.Stream.Sender;
    private readonly AudioSubscription? _audio = audio;
    private readonly OutgoingStream? _audioStream = audio?.Stream;
    private readonly object? _audioSender = audio?.Stream.Sender;

    public ViewerSession Viewer { get; } = viewer;

    /// <summary>Two viewers ahead: the objects themselves.</summary>
    public void FetchObjects(bool hasVideo, bool hasAudio)
    {
        CacheLines.Fetch(Viewer, count: 4);
        CacheLines.Fetch(_peer, count: 1);
        if (hasVideo)
        {
            CacheLines.Fetch(_video, count: 3);
            CacheLines.Fetch(_videoStream, count: 3);
            CacheLines.Fetch(_videoSender, count: 1);
        }

        if (hasAudio)
        {
            CacheLines.Fetch(_audio, count: 1);
            CacheLines.Fetch(_audioStream, count: 3);
            CacheLines.Fetch(_audioSender, count: 1);
        }
    }

    /// <summary>One viewer ahead: what these point to.</summary>
    public void FetchParts(bool hasVideo, bool hasAudio)
    {
        _peer.FetchPath();
        if (hasVideo)
        {
            _videoStream?.Fetch();
        }

        if (hasAudio)
        {
            _audioStream?.Fetch();
        }
    }
}
