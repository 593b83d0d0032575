using System.Globalization;
using System.Text.Json.Nodes;
using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.CoHostSoak;

/// <summary>
/// Two rooms that co-host all the time, whose layout changes and whose hosts go and come back, and two that join and part in every
/// cycle; viewers who come and go everywhere, and orders. One cycle has what two minutes of a night have.
/// </summary>
internal sealed class Soak : IDisposable
{
    // A host that goes is away for three seconds of every third cycle.
    private const int CyclesPerAbsence = 3;
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(2);

    private static readonly string[] Long = ["long-a", "long-b"];
    private static readonly string[] Short = ["short-a", "short-b"];
    private static readonly string[] Rooms = [.. Long, .. Short];

    private readonly SoakedServer _server;
    private readonly Uri _address;
    private readonly TextWriter _output;
    private readonly HttpClient _http = new();
    private readonly TokenMinter _tokens = new(TokenMinter.DevelopmentKey, TokenMinter.DevelopmentSecret, TimeProvider.System);
    private readonly HeadlessPeers _peers;
    private readonly PlatformClient _platform;
    private readonly WhipClient _whip;
    private readonly WhepClient _whep;
    private readonly Dictionary<string, (HeadlessHost Host, SignalingSession Session)> _hosts = [];
    private readonly string _night = Guid.NewGuid().ToString("N")[..8];
    private string? _longSession;
    private int _orders;
    private int _problems;

    public Soak(SoakedServer server, Uri address, TextWriter output)
    {
        _server = server;
        _address = address;
        _output = output;
        _platform = new PlatformClient(_http, address, () => _tokens.Platform(TokenLifetime));
        _whip = new WhipClient(_http, address);
        _whep = new WhepClient(_http, address);
        _peers = new HeadlessPeers(
            new HeadlessPeersOptions(), TimeProvider.System, new Random(616), fault => Note("a bug of the soak's own peers", fault.ToString()));
    }

    /// <summary>Plays until the time is over; returns what the processes held after each cycle, and how much did not go as it should.</summary>
    public async Task<(IReadOnlyList<SoakSample> Samples, int Problems)> PlayAsync(SoakOptions options, CancellationToken cancellation)
    {
        await PrepareAsync(cancellation);
        var samples = new List<SoakSample>();
        var started = TimeProvider.System.GetTimestamp();
        for (var cycle = 0; ; cycle++)
        {
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            if (elapsed >= options.Time)
            {
                return (samples, _problems);
            }

            var pause = Task.Delay(options.Cycle, cancellation);
            await Task.WhenAll(
                MoveTilesAsync(cycle, cancellation),
                TakeHostAwayAsync(cycle, cancellation),
                JoinAndPartAsync(options.Cycle / 2, cancellation),
                WatchAsync(cycle, options, cancellation),
                SellAsync(options.Orders, cancellation));
            await pause;
            samples.Add(await SampleAsync(TimeProvider.System.GetElapsedTime(started), cancellation));
            if ((cycle + 1) % 6 == 0)
            {
                Print(samples[^1], cycle + 1);
            }
        }
    }

    public void Dispose()
    {
        _peers.Dispose();
        _http.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        foreach (var room in Rooms)
        {
            Check("a merchant", await _platform.PutMerchantAsync(room, room, cancellation));
            Check("a room", await _platform.PutRoomAsync(room, room, room, isPublic: true, videoCodec: "h264", cancellation));
            var item = new JsonObject { ["title"] = room, ["priceMinor"] = 100, ["currency"] = "CNY", ["stock"] = 1_000_000, ["position"] = 0 };
            Check("an item", await _platform.PutItemAsync(room, "item", item, cancellation));
            await PublishAsync(room, cancellation);
        }

        (_longSession, var problem) = await _platform.PostCoHostAsync(Long, cancellation);
        Check("the long session", problem);
    }

    private async Task PublishAsync(string room, CancellationToken cancellation)
    {
        var source = new SyntheticMediaSource(new SyntheticMediaOptions { BitRate = 800_000 });
        var outcome = await _peers.PublishAsync(
            _whip, room, _tokens.Host(room, $"{room}-host", TokenLifetime), source, new HostOptions { Pacing = TimeSpan.FromMilliseconds(10) },
            cancellation);
        Check($"the host of {room}", outcome.Problem);
        if (outcome.IsJoined)
        {
            _hosts[room] = (outcome.Peer, outcome.Session);
        }
    }

    private async Task MoveTilesAsync(int cycle, CancellationToken cancellation)
    {
        JsonNode layout = (cycle % 6) switch
        {
            0 => "side-by-side",
            1 => "picture-in-picture",
            2 => "top-bottom",
            3 => "main-strip",
            4 => new JsonObject
            {
                ["tiles"] = new JsonArray(
                    Tile(Long[0], 0, 0, 1, 1, z: 0, "contain"), Tile(Long[1], 0.1 * (cycle % 5), 0.55, 0.45, 0.4, z: 1, "cover")),
            },
            _ => "auto",
        };
        if (_longSession is not null)
        {
            Check("a layout", await _platform.PatchCoHostAsync(_longSession, layout, cancellation));
        }
    }

    private static JsonObject Tile(string room, double x, double y, double w, double h, int z, string fit) =>
        new() { ["roomId"] = room, ["x"] = x, ["y"] = y, ["w"] = w, ["h"] = h, ["z"] = z, ["fit"] = fit };

    private async Task TakeHostAwayAsync(int cycle, CancellationToken cancellation)
    {
        var room = Long[cycle / CyclesPerAbsence % Long.Length];
        if (cycle % CyclesPerAbsence != 0 || !_hosts.Remove(room, out var host))
        {
            return;
        }

        Check($"the leave of {room}'s host", await _whip.DeleteAsync(host.Session, _tokens.Host(room, $"{room}-host", TokenLifetime), cancellation));
        host.Host.Close();
        await Task.Delay(Absence, cancellation);
        await PublishAsync(room, cancellation);
    }

    private async Task JoinAndPartAsync(TimeSpan together, CancellationToken cancellation)
    {
        var (session, problem) = await _platform.PostCoHostAsync(Short, cancellation);
        Check("a short session", problem);
        await Task.Delay(together, cancellation);
        if (session is not null)
        {
            Check("the end of a short session", await _platform.DeleteCoHostAsync(session, cancellation));
        }
    }

    private async Task WatchAsync(int cycle, SoakOptions options, CancellationToken cancellation)
    {
        var viewers = new List<(HeadlessViewer Viewer, SignalingSession Session, string Token)>();
        for (var i = 0; i < options.Viewers; i++)
        {
            var room = Rooms[i % Rooms.Length];

            // They come back, as viewers do: what is kept of each must not grow with their visits.
            var token = _tokens.Viewer(room, $"viewer-{((cycle % 10) * options.Viewers) + i:x3}", TokenLifetime);
            var outcome = await _peers.WatchAsync(
                _whep, room, token, new ViewerOptions { VideoCodecs = [SdpCodec.H264] }, observer: null, cancellation);
            Check("a viewer", outcome.Problem);
            if (outcome.IsJoined)
            {
                viewers.Add((outcome.Peer, outcome.Session, token));
            }
        }

        await Task.Delay(options.Cycle / 2, cancellation);
        foreach (var (viewer, session, token) in viewers)
        {
            Check("the leave of a viewer", await _whep.DeleteAsync(session, token, cancellation));
            viewer.Close();
        }
    }

    private async Task SellAsync(int orders, CancellationToken cancellation)
    {
        for (var i = 0; i < orders; i++)
        {
            var room = Rooms[i % Rooms.Length];
            var lines = Rooms.Take(2).Select((merchant, line) => (JsonNode)new JsonObject
            {
                ["lineNo"] = line, ["merchantId"] = merchant, ["itemId"] = "item", ["quantity"] = 1, ["amountMinor"] = 100, ["currency"] = "CNY",
            });
            var order = new JsonObject
            {
                ["orderId"] = $"{_night}-{++_orders}",
                ["lines"] = new JsonArray([.. lines]),
                ["roomId"] = room,
                ["viewerId"] = $"viewer-{i:x3}",
                ["kind"] = "placed",
                ["occurredAt"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            };
            Check("an order", await _platform.PostOrderAsync(order, cancellation));
        }
    }

    private async Task<SoakSample> SampleAsync(TimeSpan at, CancellationToken cancellation)
    {
        if (_server.HasExited)
        {
            throw new InvalidOperationException($"The server has ended. It said:\n{_server.Log}");
        }

        // The long session was the first one, so its worker is the oldest, unless it died and was replaced.
        var workers = ProcessReading.FindChildren(_server.Id, "mix ");
        var server = ProcessReading.Of(_server.Id) ?? throw new InvalidOperationException("The server cannot be read.");
        return new SoakSample(at, server, await ReadHeapAsync(cancellation), workers.Count == 0 ? null : ProcessReading.Of(workers[0]), workers.Count);
    }

    private async Task<double> ReadHeapAsync(CancellationToken cancellation)
    {
        const string Heap = "mediarelay_process_gc_heap_bytes ";
        var metrics = await _http.GetStringAsync(new Uri(_address, "/metrics"), cancellation);
        var line = metrics.Split('\n').First(line => line.StartsWith(Heap, StringComparison.Ordinal));
        return double.Parse(line[Heap.Length..], CultureInfo.InvariantCulture) / (1024 * 1024);
    }

    private void Print(in SoakSample sample, int cycles) => _output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{sample.At:mm\\:ss}  {cycles} cycles, {_orders} orders, {_problems} problems; server {sample.Server.ResidentMiB:0} MiB, heap {sample.HeapMiB:0.0} MiB, {sample.Server.Threads} threads, {sample.Server.Descriptors} descriptors; mixer {sample.Worker?.ResidentMiB:0} MiB, {sample.Worker?.Threads} threads, {sample.Worker?.Descriptors} descriptors; {sample.Workers} mixing"));

    private void Check(string what, SignalingProblem? problem)
    {
        if (problem is not null)
        {
            Note($"{what} was refused", problem.ToString());
        }
    }

    private void Note(string what, string why)
    {
        _problems++;
        _output.WriteLine($"{what}: {why}");
    }
}
