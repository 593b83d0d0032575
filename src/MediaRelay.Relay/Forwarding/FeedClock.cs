using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// What sender reports to the viewers say: how the feed's RTP timestamps and capture time belong together. The picture's line stays
/// the same for the life of the feed, whatever source plays; a source that arrives later (the mix) is shifted as a whole, sound and
/// picture alike, so a viewer's lip sync never depends on which source it sees.
/// </summary>
public readonly record struct FeedClock(CaptureMapping? Video, CaptureMapping? Audio);
