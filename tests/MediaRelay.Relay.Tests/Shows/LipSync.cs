using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>What a viewer's sender reports say about sound and picture of one instant.</summary>
internal static class LipSync
{
    private const double MaxMs = 5;

    /// <summary>By the last reports, sound and picture that were captured together play together.</summary>
    public static void AssertAligned(SimulatedViewer viewer, int place)
    {
        var picture = viewer.Video.Packets.Values.Last();
        var sound = viewer.Audio.Packets.Values.Last();
        var difference = (CaptureOf(viewer, picture, 90_000) - CaptureOf(viewer, sound, 48_000)) / 1e6;
        var wanted = picture.Mark!.Value.CapturedMs - sound.Mark!.Value.CapturedMs;
        Assert.True(
            Math.Abs(difference - wanted) <= MaxMs,
            $"viewer {place}: picture and sound lie {wanted} ms apart, by the reports {difference:F1} ms ({picture.Mark}, {sound.Mark})");
    }

    private static NtpTime CaptureOf(SimulatedViewer viewer, Received packet, int clockRate)
    {
        var ssrc = clockRate == 90_000 ? viewer.VideoSsrc : viewer.AudioSsrc;
        var (_, ntp, rtp) = viewer.Peer.SenderReports.Last(report => report.Ssrc == ssrc);
        return ntp.AddNanoseconds((int)(packet.Timestamp - rtp) * 1_000_000_000L / clockRate);
    }
}
