using System.Collections.Concurrent;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Commerce.Webhooks.Data;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Overlays;

namespace MediaRelay.Server.Webhooks;

/// <summary>Tells receivers the hourly boards that changed, each at most once every two seconds.</summary>
internal sealed partial class LeaderboardTeller(
    CommerceHost commerce, WebhookFeed feed, TimeProvider time, ILogger<LeaderboardTeller> logger) : BackgroundService, ICommerceListener
{
    private const int Shown = 10;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    // Bounded by merchants and the hours that platforms report about at one time.
    private readonly ConcurrentDictionary<(MerchantId Merchant, DateTimeOffset Window), byte> _changed = new();

    public void Handle(CommerceEvent commerceEvent)
    {
        if (commerceEvent is LeaderboardChanged changed)
        {
            _changed.TryAdd((changed.MerchantId, changed.Window), 0);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var board in _changed.Keys)
                {
                    _changed.TryRemove(board, out _);
                    await TellAsync(board.Merchant, board.Window, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TellAsync(MerchantId merchant, DateTimeOffset window, CancellationToken stoppingToken)
    {
        try
        {
            if ((await commerce.Service.GetLeaderboardAsync(merchant, window, stoppingToken)).TryGet(out var board, out _))
            {
                feed.TellOfMerchant(
                    time.GetUtcNow(), WebhookEventTypes.LeaderboardUpdated, merchant,
                    new LeaderboardData(board.From, board.To, [.. board.Guides.Take(Shown).Select(Show)]));
            }
        }
        catch (CommerceStoreException failure)
        {
            Log.NotRead(logger, merchant, failure.Message);
            _changed.TryAdd((merchant, window), 0);
        }
    }

    private static GuideRankData Show(GuideSales guide) => new(
        guide.Rank, guide.GuideId.Value, guide.StoreId.Value, guide.Currency, guide.Orders, guide.GrossMinor, guide.NetMinor);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The board of merchant {Merchant} could not be read and will be tried again: {Reason}")]
        public static partial void NotRead(ILogger logger, MerchantId merchant, string reason);
    }
}
