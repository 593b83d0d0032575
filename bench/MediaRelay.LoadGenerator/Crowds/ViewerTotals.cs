using MediaRelay.Client.Viewers;

namespace MediaRelay.LoadGenerator.Crowds;

/// <summary>Sums over viewers; two of them make what happened between.</summary>
internal readonly record struct ViewerTotals
{
    public long Packets { get; init; }

    public long Bytes { get; init; }

    public long Missing { get; init; }

    public long Recovered { get; init; }

    public long LostOnPurpose { get; init; }

    public long Nacks { get; init; }

    public long Plis { get; init; }

    public long Pictures { get; init; }

    public long Broken { get; init; }

    public long Messages { get; init; }

    public long MessageBytes { get; init; }

    public long RefusedSends { get; init; }

    public static ViewerTotals operator +(in ViewerTotals left, in ViewerTotals right) => Combine(left, right, 1);

    public static ViewerTotals operator -(in ViewerTotals left, in ViewerTotals right) => Combine(left, right, -1);

    public static ViewerTotals Of(HeadlessViewer viewer) => Of(viewer.Audio) + Of(viewer.Video) + new ViewerTotals
    {
        LostOnPurpose = viewer.LostOnPurpose,
        Messages = viewer.OverlayMessages,
        MessageBytes = viewer.OverlayBytes,
        RefusedSends = viewer.RefusedSends,
    };

    private static ViewerTotals Of(TrackCounters? track) => track is null
        ? default
        : new ViewerTotals
        {
            Packets = track.Packets,
            Bytes = track.Bytes,
            Missing = track.Missing,
            Recovered = track.Recovered,
            Nacks = track.NacksSent,
            Plis = track.PlisSent,
            Pictures = track.Pictures,
            Broken = track.BrokenPictures,
        };

    private static ViewerTotals Combine(in ViewerTotals left, in ViewerTotals right, int sign) => new()
    {
        Packets = left.Packets + (sign * right.Packets),
        Bytes = left.Bytes + (sign * right.Bytes),
        Missing = left.Missing + (sign * right.Missing),
        Recovered = left.Recovered + (sign * right.Recovered),
        LostOnPurpose = left.LostOnPurpose + (sign * right.LostOnPurpose),
        Nacks = left.Nacks + (sign * right.Nacks),
        Plis = left.Plis + (sign * right.Plis),
        Pictures = left.Pictures + (sign * right.Pictures),
        Broken = left.Broken + (sign * right.Broken),
        Messages = left.Messages + (sign * right.Messages),
        MessageBytes = left.MessageBytes + (sign * right.MessageBytes),
        RefusedSends = left.RefusedSends + (sign * right.RefusedSends),
    };
}
