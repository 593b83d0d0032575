using System.Diagnostics.Metrics;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Options;
using MediaRelay.Server.Overlays;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Admission;

/// <summary>Every limit and how near it is. The names are those of the settings.</summary>
internal sealed class LimitMetrics
{
    private readonly LimitsOptions _limits;
    private readonly CommerceHost _commerce;
    private readonly MediaHost _media;
    private readonly OverlayHub _overlays;
    private readonly JoinLimiter _joins;
    private readonly TimeProvider _time;

    public LimitMetrics(
        IMeterFactory factory, IOptions<LimitsOptions> limits, CommerceHost commerce, MediaHost media, OverlayHub overlays, JoinLimiter joins,
        TimeProvider time)
    {
        _limits = limits.Value;
        _commerce = commerce;
        _media = media;
        _overlays = overlays;
        _joins = joins;
        _time = time;
        var meter = factory.CreateRelayMeter();
        meter.CreateObservableGauge("limit", ReadLimits, description: "What MediaRelay:Limits allows; 0 is off.");
        meter.CreateObservableGauge(
            "limit_used", ReadUsed,
            description: "How near a limit is: what counts now, of the fullest room or busiest address; bytes: the most since the last scrape.");
    }

    /// <summary>Bytes of the largest request body since the last scrape.</summary>
    public HighWater RequestBytes { get; } = new();

    private static Measurement<double> Of(string limit, double value) =>
        new(value, KeyValuePair.Create<string, object?>("limit", limit));

    private IEnumerable<Measurement<double>> ReadLimits() =>
    [
        Of("rooms", _limits.Rooms),
        Of(JoinRefusal.ViewersPerRoom, _limits.ViewersPerRoom),
        Of(JoinRefusal.JoinsPerSecond, _limits.JoinsPerSecond),
        Of(JoinRefusal.JoinsPerSecondPerAddress, _limits.JoinsPerSecondPerAddress),
        Of(JoinRefusal.HalfOpenDtls, _limits.HalfOpenDtls),
        Of("hand_offs_per_second", _limits.HandOffsPerSecond),
        Of("overlay_bytes_per_viewer", _limits.OverlayBytesPerViewer),
        Of("request_bytes", _limits.RequestBytes),
        Of("likes_per_second_per_viewer", _limits.LikesPerSecondPerViewer),
        Of("comments_per_second_per_viewer", _limits.CommentsPerSecondPerViewer),
    ];

    // Likes and comments of one viewer have no figure of their own: what is over the limit is counted. Hand-offs wait in a backlog.
    private IEnumerable<Measurement<double>> ReadUsed()
    {
        var joins = _joins.Used(_time.GetUtcNow());
        return
        [
            Of("rooms", _commerce.Service.RoomCount),
            Of(JoinRefusal.ViewersPerRoom, _overlays.CountInFullestRoom()),
            Of(JoinRefusal.JoinsPerSecond, joins.Node),
            Of(JoinRefusal.JoinsPerSecondPerAddress, joins.Address),
            Of(JoinRefusal.HalfOpenDtls, _media.Relay.HalfOpenCount),
            Of("overlay_bytes_per_viewer", _overlays.Backlogs.Take()),
            Of("request_bytes", RequestBytes.Take()),
        ];
    }
}
