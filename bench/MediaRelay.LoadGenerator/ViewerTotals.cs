using MediaRelay.Client.Viewers;

namespace MediaRelay.LoadGenerator;

/// <summary>Sums over viewers; two of them make what happened between.</summary>
internal readonly record struct ViewerTotals(
    long Packets, long Bytes, long Missing, long Repaired, long Nacks, long Plis, long Pictures, long Broken, long Messages, long MessageBytes)
{
    public static ViewerTotals operator +(in ViewerTotals left, in ViewerTotals right) => new(
        left.Packets + right.Packets, left.Bytes + right.Bytes, left.Missing + right.Missing, left.Repaired + right.Repaired,
        left.Nacks + right.Nacks, left.Plis + right.Plis, left.Pictures + right.Pictures, left.Broken + right.Broken,
        left.Messages + right.Messages, left.MessageBytes + right.MessageBytes);

    public static ViewerTotals operator -(in ViewerTotals left, in ViewerTotals right) => new(
        left.Packets - right.Packets, left.Bytes - right.Bytes, left.Missing - right.Missing, left.Repaired - right.Repaired,
        left.Nacks - right.Nacks, left.Plis - right.Plis, left.Pictures - right.Pictures, left.Broken - right.Broken,
        left.Messages - right.Messages, left.MessageBytes - right.MessageBytes);

    public static ViewerTotals Of(HeadlessViewer viewer) =>
        Of(viewer.Audio) + Of(viewer.Video) + new ViewerTotals { Messages = viewer.OverlayMessages, MessageBytes = viewer.OverlayBytes };

    private static ViewerTotals Of(TrackCounters? track) => track is null
        ? default
        : new ViewerTotals(
            track.Packets, track.Bytes, track.Missing, track.Repaired, track.NacksSent, track.PlisSent, track.Pictures,
            track.BrokenPictures, 0, 0);
}
