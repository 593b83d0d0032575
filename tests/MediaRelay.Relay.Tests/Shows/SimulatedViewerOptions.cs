using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>What a simulated viewer can do.</summary>
internal sealed record SimulatedViewerOptions(bool HasRtx = true, bool HasTransportFeedback = false, DataApplication? Application = null);
