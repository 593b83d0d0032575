using MediaRelay.Client;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;

namespace MediaRelay.SaleNight;

/// <summary>The whole night: prepares shelves and rooms, raises the curtain, and joins and parts the rooms until it is told to end.</summary>
internal sealed class Night : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SpotlightTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    private readonly SaleNightOptions _options;
    private readonly NightLog _log;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new() { Timeout = HttpTimeout };
    private readonly TokenMinter _tokens;
    private readonly PlatformClient _platform;
    private readonly HeadlessPeers _peers;
    private readonly Random _random = new();
    private string? _coHostId;

    public Night(SaleNightOptions options, NightLog log, TimeProvider time)
    {
        _options = options;
        _log = log;
        _time = time;
        _tokens = new TokenMinter(options.ApiKey, options.Secret, time);
        _platform = new PlatformClient(_http, options.Server, () => _tokens.Platform(TokenLifetime));
        _peers = new HeadlessPeers(new HeadlessPeersOptions(), time, _random, fault => log.Say($"bug: {fault}"));
    }

    /// <summary>Plays until cancelled, or one round; returns the exit code.</summary>
    public async Task<int> PlayAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await WaitUntilReadyAsync(cancellationToken) || !await PrepareAsync(cancellationToken))
            {
                return 1;
            }

            return await PerformAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _log.Say("the night is over");
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_coHostId is not null)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                _log.Check("Ending the co-host session", await _platform.DeleteCoHostAsync(_coHostId, patience.Token));
            }
            catch (OperationCanceledException)
            {
                _log.Say("the server did not end the co-host session in time");
            }
        }

        _peers.Dispose();
        _http.Dispose();
    }

    private async Task<bool> WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var deadline = _time.GetUtcNow() + StartPatience;
        while (!await _platform.IsReadyAsync(cancellationToken))
        {
            if (_time.GetUtcNow() > deadline)
            {
                _log.Say($"{_options.Server} did not become ready within {StartPatience.TotalMinutes} minutes");
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), _time, cancellationToken);
        }

        return true;
    }

    private async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var seller in Seller.All)
        {
            var problem = await _platform.PutMerchantAsync(seller.Id, seller.Name, cancellationToken)
                ?? await _platform.PutRoomAsync(
                    seller.Id, seller.Id, seller.RoomTitle, isPublic: true, videoCodec: null, cancellationToken);
            for (var i = 0; i < seller.Items.Count && problem is null; i++)
            {
                var item = seller.Items[i];
                problem = await _platform.PutItemAsync(seller.Id, item.Id, item.ToJson(i), cancellationToken);
            }

            if (!_log.Check($"{seller.Name} cannot be set up", problem))
            {
                return false;
            }

            _log.Say($"{seller.Name}: {seller.Items.Count} items on the shelf; {new Uri(_options.Server, $"/watch/{seller.Id}")}");
        }

        _log.Say($"all live rooms: {new Uri(_options.Server, "/")}");
        return true;
    }

    private async Task<int> PerformAsync(CancellationToken cancellationToken)
    {
        using var curtain = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var whip = new WhipClient(_http, _options.Server);
        var whep = new WhepClient(_http, _options.Server);
        var stages = Seller.All.Select(seller => new Stage(seller, _options, _peers, whip, _tokens, _log, _time)).ToList();
        var audiences = Seller.All.Select(seller => new Audience(seller, _peers, whep, _tokens, _log, _time, new Random())).ToList();
        var orders = new OrderFlow(Seller.All, audiences, _platform, _log, _time, new Random());
        List<Task> parts =
        [
            .. stages.Select(stage => stage.RunAsync(curtain.Token)),
            .. audiences.Select(audience => audience.RunAsync(curtain.Token)),
            orders.RunAsync(curtain.Token),
            MoveSpotlightsAsync(curtain.Token),
        ];
        var rounds = PlayRoundsAsync(stages, orders, curtain.Token);
        var first = await Task.WhenAny([rounds, .. parts]);
        await curtain.CancelAsync();
        await EndAsync([rounds, .. parts]);

        // A part only ends when it is told to; if one ended by itself, here is why.
        await first;
        var isComplete = stages.TrueForAll(stage => stage.Live.IsCompletedSuccessfully) && orders.Accepted > 0;
        _log.Say($"one round is over: {orders.Accepted} order events, {_log.Problems} problems");
        return isComplete ? 0 : 1;
    }

    private static async Task EndAsync(IEnumerable<Task> parts)
    {
        try
        {
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException)
        {
            // That is how the parts end.
        }
    }

    private async Task PlayRoundsAsync(List<Stage> stages, OrderFlow orders, CancellationToken cancellationToken)
    {
        await Task.WhenAll(stages.Select(stage => stage.Live)).WaitAsync(cancellationToken);
        await Task.Delay(_options.Solo, _time, cancellationToken);
        do
        {
            await CoHostAsync(orders, cancellationToken);
            await Task.Delay(_options.Apart, _time, cancellationToken);
        }
        while (!_options.Once);
    }

    private async Task CoHostAsync(OrderFlow orders, CancellationToken cancellationToken)
    {
        var (coHostId, problem) = await _platform.PostCoHostAsync(Seller.All.Select(seller => seller.Id), cancellationToken);
        if (!_log.Check("No co-hosting", problem))
        {
            return;
        }

        _coHostId = coHostId;
        orders.IsCoHosted = true;
        _log.Say("both rooms are joined: every viewer sees both hosts and both shelves");
        await Task.Delay(_options.Together, _time, cancellationToken);
        orders.IsCoHosted = false;
        _coHostId = null;
        if (_log.Check("Parting the rooms", await _platform.DeleteCoHostAsync(coHostId!, cancellationToken)))
        {
            _log.Say("the rooms have parted: each shows its own host again");
        }
    }

    private async Task MoveSpotlightsAsync(CancellationToken cancellationToken)
    {
        for (var turn = 0; ; turn++)
        {
            foreach (var seller in Seller.All)
            {
                var item = seller.Items[turn % seller.Items.Count];
                _log.Check(
                    $"Spotlight on {item.Title}",
                    await _platform.PutSpotlightAsync(seller.Id, seller.Id, item.Id, cancellationToken));
            }

            await Task.Delay(SpotlightTime, _time, cancellationToken);
        }
    }
}
