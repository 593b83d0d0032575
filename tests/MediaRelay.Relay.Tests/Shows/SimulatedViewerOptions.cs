using MediaRelay.Protocols.Sdp;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>What a simulated viewer can do.</summary>
/// <param name="Codecs">Those that it takes; null for all.</param>
internal sealed record SimulatedViewerOptions(
    bool HasRtx = true, bool HasTransportFeedback = false, DataApplication? Application = null, IReadOnlyList<SdpCodec>? Codecs = null);
