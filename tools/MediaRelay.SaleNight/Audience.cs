using MediaRelay.Client;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Viewers;

namespace MediaRelay.SaleNight;

/// <summary>A few viewers of a room that only talk: they like and comment over the overlay channel.</summary>
internal sealed class Audience
{
    private const int Viewers = 4;
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);

    private static readonly string[] Comments =
    [
        "这个颜色太美了", "Does it ship tomorrow?", "已下单！", "主播再讲讲怎么用", "Love it", "还有优惠券吗", "第二件半价吗？",
        "How big is it?", "上次买的真好用", "送人合适吗", "Beautiful", "等这个很久了", "666", "声音很清楚",
    ];

    private readonly Seller _seller;
    private readonly HeadlessPeers _peers;
    private readonly WhepClient _whep;
    private readonly TokenMinter _tokens;
    private readonly NightLog _log;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Seat[] _seats;

    public Audience(
        Seller seller, HeadlessPeers peers, WhepClient whep, TokenMinter tokens, NightLog log, TimeProvider time, Random random)
    {
        _seller = seller;
        _peers = peers;
        _whep = whep;
        _tokens = tokens;
        _log = log;
        _time = time;
        _random = random;
        _seats = [.. Enumerable.Range(1, Viewers).Select(i => new Seat($"{seller.Id}-fan-{i}", new ViewerMessages(time)))];
    }

    /// <summary>Identities of the viewers: the sub of their tokens, by which orders name them.</summary>
    public IReadOnlyList<string> ViewerIds => [.. _seats.Select(seat => seat.ViewerId)];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var seat = _seats[_random.Next(_seats.Length)];
            if (seat.Viewer is null || seat.Viewer.Closed.IsCompleted)
            {
                seat.Viewer = await JoinAsync(seat.ViewerId, cancellationToken);
            }
            else if (seat.Viewer.OverlaysOpenedAt is not null)
            {
                // The server takes one comment and ten likes a second from each; more would only be dropped.
                var message = _random.Next(4) == 0
                    ? seat.Messages.Comment(Comments[_random.Next(Comments.Length)])
                    : seat.Messages.Like(_random.Next(1, 5));
                seat.Viewer.TrySend(message);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(300, 900)), _time, cancellationToken);
        }
    }

    private async Task<HeadlessViewer?> JoinAsync(string viewerId, CancellationToken cancellationToken)
    {
        var token = _tokens.Viewer(_seller.Id, viewerId, TokenLifetime);
        var options = new ViewerOptions { Audio = false, VideoCodecs = [], Data = true };
        var outcome = await _peers.WatchAsync(_whep, _seller.Id, token, options, observer: null, cancellationToken);
        _log.Check($"{viewerId} cannot watch", outcome.Problem);
        return outcome.Peer;
    }

    private sealed class Seat(string viewerId, ViewerMessages messages)
    {
        public string ViewerId { get; } = viewerId;

        public ViewerMessages Messages { get; } = messages;

        public HeadlessViewer? Viewer { get; set; }
    }
}
