using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Client.Viewers;

/// <summary>What a <see cref="HeadlessViewer"/> asks for and how it behaves.</summary>
public sealed record ViewerOptions
{
    public bool Audio { get; init; } = true;

    /// <summary>Most preferred first; none for a viewer without picture.</summary>
    public IReadOnlyList<SdpCodec> VideoCodecs { get; init; } = [SdpCodec.H264, SdpCodec.Vp8];

    /// <summary>Opens the overlay channel.</summary>
    public bool Data { get; init; } = true;

    public MediaInspection Inspection { get; init; }

    /// <summary>Asks for lost packets again, where that was negotiated.</summary>
    public bool SendNack { get; init; } = true;

    /// <summary>Asks for a key frame when packets were given up, or when none came at the beginning.</summary>
    public bool SendPli { get; init; } = true;

    /// <summary>Offers transport-wide congestion feedback and sends it where the server takes it (20 times a second, as browsers do).</summary>
    public bool TransportFeedback { get; init; }

    /// <summary>Receiver reports go out this often; zero sends none.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The share (0–1) of all datagrams that are thrown away as they come, before anything else: a lossy downlink.</summary>
    public double Loss { get; init; }
}
