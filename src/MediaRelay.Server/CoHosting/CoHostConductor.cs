using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Server.Api;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Options;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Signaling;
using Microsoft.Extensions.Options;
using LayoutTile = MediaRelay.Commerce.CoHosting.LayoutTile;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// Follows commerce's co-host sessions: each active one is mixed, also those that were active when the process started. Says how a
/// session is arranged, and whether one can be mixed here at all.
/// </summary>
internal sealed partial class CoHostConductor : ICommerceListener, IMixArrangement, ICoHostCapacity, IHostedService
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<CoHostId, CoHostMix> _mixes = new();
    private readonly CommerceHost _commerce;
    private readonly RoomDirectory _rooms;
    private readonly MediaHost _media;
    private readonly MixMetrics _metrics;
    private readonly CoHostOptions _options;
    private readonly MixerWorkerOptions _worker;
    private readonly MachineReader _machine = MachineReader.OfThisMachine;
    private readonly CoHostCapacity _capacity;
    private readonly SpareWorkers _spares;
    private readonly CancellationTokenSource _stopped = new();
    private readonly TimeProvider _time;
    private readonly ILogger<CoHostConductor> _logger;
    private string? _whyImpossible = "the codecs are not probed yet";
    private Task _probing = Task.CompletedTask;
    private Task _sampling = Task.CompletedTask;

    public CoHostConductor(
        CommerceHost commerce, RoomDirectory rooms, MediaHost media, MixMetrics metrics, IMeterFactory meters, IOptions<CoHostOptions> options,
        TimeProvider time, ILogger<CoHostConductor> logger)
    {
        _commerce = commerce;
        _rooms = rooms;
        _media = media;
        _metrics = metrics;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _worker = MixerWorkerOptions.For(typeof(Program).Assembly);
        _worker.Nice = _options.WorkerNice;
        _worker.Cpus = CpuSet.TryParse(_options.Cpus, out var cpus) ? cpus : null;
        _capacity = new CoHostCapacity(_options);
        _spares = new SpareWorkers(_options.SpareWorkers, _worker, MixPlan.ElementsOf(_options), _machine, time, logger);
        Observe(meters.CreateRelayMeter());
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _probing = ProbeAsync();
        _sampling = SampleAsync();
        foreach (var session in _commerce.Service.ListCoHosts().Where(session => session.State == CoHostState.Active))
        {
            Begin(session);
        }

        // A moment for the probe, so that "ready" means that co-hosting can be answered; a slow first plugin scan goes on behind it.
        await Task.WhenAny(_probing, Task.Delay(TimeSpan.FromSeconds(3), cancellationToken));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopped.CancelAsync();
        await Task.WhenAll(_mixes.Values.Select(mix => mix.EndAsync()).Append(_spares.StopAsync()).Append(_sampling));
    }

    public void Handle(CommerceEvent commerceEvent)
    {
        switch (commerceEvent)
        {
            case CoHostChanged { Session: { State: CoHostState.Active } session }:
                Begin(session);
                break;
            case CoHostChanged { Session: var session } when !session.IsOpen:
                End(session.Id);
                break;
            case LayoutChanged change when _mixes.TryGetValue(change.Session.Id, out var mix):
                mix.SetLayout(change.Session, change.MediaTime);
                break;
        }
    }

    /// <summary>Process id of a session's worker; 0 while none runs.</summary>
    public int FindWorker(CoHostId id) => _mixes.TryGetValue(id, out var mix) ? mix.WorkerProcessId : 0;

    public string? WhyNone(int rooms) => Volatile.Read(ref _whyImpossible) ?? _capacity.WhyNone(_media.Now, rooms, _mixes.Count);

    public string? WhyNoneToBegin(int rooms) => Volatile.Read(ref _whyImpossible) ?? _capacity.Reserve(_media.Now, rooms, _mixes.Count);

    public IReadOnlyList<LayoutTile> FindTiles(RoomId roomId, CoHostSession session)
    {
        if (session.Layout.IsCustom)
        {
            return session.Layout.Tiles;
        }

        var canvas = CanvasSize.For(_rooms.Find(roomId.Value)?.IsPortrait ?? true);
        TileOwner[] owners = [.. session.Rooms.Select(room => new TileOwner(room.RoomId.Value, room.MerchantId.Value))];
        return
        [
            .. MixPlan.ToLayout(session.Layout).Place(canvas, owners).Select(tile => new LayoutTile(
                RoomId.Parse(tile.Owner.RoomId),
                (double)tile.Area.X / canvas.Width,
                (double)tile.Area.Y / canvas.Height,
                (double)tile.Area.Width / canvas.Width,
                (double)tile.Area.Height / canvas.Height,
                tile.Z)),
        ];
    }

    public long? FindTime(RoomId roomId, CoHostSession session, long firstRoomTime) =>
        _mixes.TryGetValue(session.Id, out var mix) ? mix.FindTime(roomId, firstRoomTime) : null;

    public long? FindNextChange(CoHostSession session) => _mixes.TryGetValue(session.Id, out var mix) ? mix.FindNextChange() : null;

    private void Begin(CoHostSession session)
    {
        var entries = session.Rooms.Select(room => _rooms.Find(room.RoomId.Value)).OfType<RoomEntry>().ToList();
        if (entries.Count != session.Rooms.Length)
        {
            Log.RoomMissing(_logger, session.Id.Value);
            return;
        }

        var mix = new CoHostMix(session, entries, _rooms, _media, _options, _worker, _spares, _metrics, _time, _logger);
        if (_mixes.TryAdd(session.Id, mix))
        {
            _capacity.NoteBegun();
            mix.Start();
        }
    }

    private void End(CoHostId id)
    {
        if (_mixes.TryRemove(id, out var mix))
        {
            _ = EndAsync(id, mix);
        }
    }

    private async Task EndAsync(CoHostId id, CoHostMix mix)
    {
        try
        {
            await mix.EndAsync();
        }
        catch (Exception bug)
        {
            Log.NotEnded(_logger, id.Value, bug);
        }
    }

    private async Task ProbeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(ProbeTimeout);
            var support = await CodecProbe.RunAsync(_worker, MixPlan.ElementsOf(_options), limit.Token);
            Volatile.Write(ref _whyImpossible, support.Problem is { } problem ? $"{problem}{SettingsOf(support.MissingElements)}" : null);
        }
        catch (Exception failure) when (failure is MixerStartException or OperationCanceledException)
        {
            Volatile.Write(ref _whyImpossible, $"no mixer worker can be started: {failure.Message}");
        }

        if (_whyImpossible is { } why)
        {
            Log.CannotMix(_logger, why);
        }
        else if (!_stopped.IsCancellationRequested)
        {
            _spares.Start();
        }
    }

    private async Task SampleAsync()
    {
        using var timer = new PeriodicTimer(SampleInterval, _time);
        try
        {
            do
            {
                List<MixerUse> mixers = [];
                foreach (var mix in _mixes.Values)
                {
                    if (mix.WorkerProcessId is > 0 and var id && _machine.ReadProcess(id) is { } process)
                    {
                        mixers.Add(new MixerUse(id, mix.RoomCount, process.Cpu));
                    }
                }

                _capacity.Add(_media.Now, _machine.ReadCpu(_worker.Cpus), mixers);
            }
            while (await timer.WaitForNextTickAsync(_stopped.Token));
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Observe(Meter meter)
    {
        meter.CreateObservableGauge("mix_workers", () => _mixes.Values.Count(mix => mix.WorkerProcessId != 0), description: "Mixer workers that run.");
        meter.CreateObservableGauge("mix_spare_workers", () => _spares.Ready.Count(), description: "Mixer workers that are ready for a session.");
        meter.CreateObservableGauge(
            "mix_spare_memory_bytes", () => _spares.Ready.Sum(id => _machine.ReadProcess(id)?.ResidentBytes ?? 0),
            description: "Resident memory of the spare mixer workers.");
        meter.CreateObservableGauge(
            "mix_memory_bytes", () => _mixes.Values.Sum(mix => _machine.ReadProcess(mix.WorkerProcessId)?.ResidentBytes ?? 0),
            description: "Resident memory of the mixers of sessions.");
        meter.CreateObservableGauge(
            "mix_small_pictures", () => _mixes.Values.Sum(mix => mix.SmallPictures),
            description: "Small pictures that are made for viewers whose ways carry no more.");
        meter.CreateObservableGauge("mix_least_bit_rate", LeastBitRates, description: "Lowest bit rate of a mixed picture, small ones apart, in bits per second.");
        meter.CreateObservableGauge("mix_frame_rate", FrameRates, description: "Pictures per second of the slowest mix.");
        meter.CreateObservableGauge(
            "cohost_sessions_left", SessionsLeft, description: "Sessions of two rooms that there is CPU for; absent while no bound is known.");
        meter.CreateObservableGauge("cohost_cores_free", FreeCores, description: "Cores that are free for further sessions.");
        meter.CreateObservableGauge(
            "cohost_cores_needed", () => _capacity.CoresNeeded(CoHostSession.MinRooms), description: "Cores that a session of two rooms needs.");
    }

    private IEnumerable<Measurement<double>> FrameRates() =>
        _mixes.Values.Min(mix => mix.FrameRate) is { } slowest ? [new Measurement<double>(slowest)] : [];

    private IEnumerable<Measurement<long>> LeastBitRates() =>
        _mixes.Values.Min(mix => mix.LeastBitRate) is { } least ? [new Measurement<long>(least)] : [];

    private IEnumerable<Measurement<double>> FreeCores() =>
        _capacity.FreeCores(_mixes.Count) is { } free ? [new Measurement<double>(free)] : [];

    private IEnumerable<Measurement<int>> SessionsLeft()
    {
        if (Volatile.Read(ref _whyImpossible) is not null)
        {
            return [new Measurement<int>(0)];
        }

        return _capacity.SessionsLeft(_mixes.Count) is { } left ? [new Measurement<int>(left)] : [];
    }

    // Which settings name what is missing, for who has to change them or install it.
    private string SettingsOf(IReadOnlyList<string> missing)
    {
        (string Name, string Value)[] settings =
        [
            (nameof(_options.H264Encoder), _options.H264Encoder),
            (nameof(_options.H264Decoder), _options.H264Decoder),
            (nameof(_options.Vp8Encoder), _options.Vp8Encoder),
            (nameof(_options.Vp8Decoder), _options.Vp8Decoder),
            (nameof(_options.OpusEncoder), _options.OpusEncoder),
            (nameof(_options.OpusDecoder), _options.OpusDecoder),
        ];
        var named = settings.Where(setting => missing.Contains(setting.Value)).Select(setting => $"{CoHostOptions.Section}:{setting.Name} is {setting.Value}");
        return missing.Count == 0 ? "" : $"; {string.Join(", ", named)}; allowed: an element that is installed (gst-inspect-1.0 lists them)";
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Co-hosting answers 503: {Reason}")]
        public static partial void CannotMix(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "Co-host session {CoHost} names a room that is gone; it is not mixed")]
        public static partial void RoomMissing(ILogger logger, string coHost);

        [LoggerMessage(3, LogLevel.Error, "Co-host session {CoHost} could not be ended cleanly")]
        public static partial void NotEnded(ILogger logger, string coHost, Exception exception);
    }
}
