using MediaRelay.Commerce;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.State;
using static MediaRelay.Storage.Writing.SqlText;

namespace MediaRelay.Storage.Writing;

/// <summary>The rows of what reports are made of.</summary>
internal static class ReportStatements
{
    private static readonly string PutSample = Upsert(
        "show_sample", "show_id, at, viewers, joins, likes, comments, shares, follows, favorites, add_to_carts, clicks", key: "show_id, at");

    private static readonly string AddCount =
        Insert("show_count", "show_id, subject, merchant_id, name, total")
        + " ON CONFLICT (show_id, subject, merchant_id, name) DO UPDATE SET total = show_count.total + excluded.total";

    private static readonly string PutMoment = Upsert(
        "show_moment", "show_id, at, kind, subject, merchant_id, detail, media_time", key: "show_id, at, kind, subject, merchant_id");

    /// <summary>Runs a change's statements; false when it is of another kind.</summary>
    public static bool TryWrite(CommerceChange change, IStatementSink sink)
    {
        switch (change)
        {
            case ShowSampleChange { Sample: var sample }: Write(sample, sink); return true;
            case ShowCountChange { Count: var count }: Write(count, sink); return true;
            case ShowMomentChange { Moment: var moment }: Write(moment, sink); return true;
            default: return false;
        }
    }

    private static void Write(ShowSample sample, IStatementSink sink) => sink.Run(
        PutSample, sample.ShowId.Value, UnixMicros.Of(sample.At), sample.Viewers, sample.Joins, sample.Likes, sample.Comments, sample.Shares,
        sample.Follows, sample.Favorites, sample.AddToCarts, sample.Clicks);

    private static void Write(in ShowCount count, IStatementSink sink) => sink.Run(
        AddCount, count.ShowId.Value, (long)count.Subject, count.MerchantId.Value, count.Name, count.Count);

    private static void Write(ShowMoment moment, IStatementSink sink) => sink.Run(
        PutMoment, moment.ShowId.Value, UnixMicros.Of(moment.At), moment.Kind, moment.Subject, moment.MerchantId?.Value ?? "", moment.Detail,
        moment.MediaTime);
}
