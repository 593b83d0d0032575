using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay;
using MediaRelay.Relay.Shards;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Options;
using MediaRelay.Transport;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Media;

/// <summary>Opens the media port, runs one loop per core over it and owns the relay core. Started before HTTP answers.</summary>
internal sealed partial class MediaHost : IHostedService, IReadinessCheck, IActiveSessions, IDisposable
{
    private const int SocketBufferBytes = 8 * 1024 * 1024;
    private const int WarmBuffers = 2048;

    private readonly MediaOptions _media;
    private readonly LimitsOptions _limits;
    private readonly RelayEvents _events;
    private readonly ILogger<MediaHost> _logger;
    private readonly PacketPool _pool = new();
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();
    private readonly SessionDirectory _directory = new();
    private readonly Lock _stopLock = new();
    private Task? _stopping;
    private RelayCore? _relay;
    private DatagramLoop[] _loops = [];
    private RelayShard[] _shards = [];

    public MediaHost(
        IOptions<MediaOptions> media, IOptions<LimitsOptions> limits, RelayEvents events, TimeProvider time, ILogger<MediaHost> logger)
    {
        _media = media.Value;
        _limits = limits.Value;
        _events = events;
        _logger = logger;
        Clock = new LoopClock(time);
    }

    public LoopClock Clock { get; }

    public Timestamp Now => Clock.Now;

    public RelayCore Relay => _relay ?? throw new InvalidOperationException("The media port is not open yet.");

    public IReadOnlyList<RelayShard> Shards => _shards;

    public IReadOnlyList<DatagramLoop> Loops => _loops;

    public PacketPool Pool => _pool;

    public string Name => "media";

    public string? NotReadyBecause => _relay is null ? "the media port is not open" : null;

    public int Count => _relay?.SessionCount ?? 0;

    /// <summary>A running room; null when nobody has come to it yet.</summary>
    public Relay.Rooms.Room? FindRoom(string roomId) => _relay?.FindRoom(roomId);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var bind = new IPEndPoint(IPAddress.Parse(_media.BindAddress), _media.Port);
        var count = !OperatingSystem.IsLinux() ? 1 : _media.Loops == 0 ? Environment.ProcessorCount : _media.Loops;
        var sockets = OpenSockets(bind, count);
        _pool.Prefill(WarmBuffers);

        // Before anybody can join: the first viewers of a storm should not wait for code to be compiled.
        PeerWarmUp.Run(_certificate, _pool, Clock.Now);
        _shards = [.. Enumerable.Range(0, count).Select(index => new RelayShard(index, _pool, _directory, _events.OnFaultOf)
        {
            Forwarded = _events.OnForwarded,
        })];
        _loops = [.. Enumerable.Range(0, count).Select(index => new DatagramLoop(
            $"relay {index}", sockets[index], new ShardHandler(_shards[index]), Clock, _pool, Log.LoopFault(_logger)))];
        RelayShard.Connect(_shards, index => _loops[index].Wake);
        var addresses = PublicAddresses((ushort)sockets[0].LocalEndPoint.Port);
        _relay = new RelayCore(
            new RelayOptions
            {
                Certificate = _certificate,
                PublicAddresses = addresses,
                PadsRuns = _media.Segmentation && OperatingSystem.IsLinux(),
                MaxViewersPerRoom = _limits.ViewersPerRoom,
                MaxHalfOpen = _limits.HalfOpenDtls,
            },
            _shards, _directory, _events, new Random());
        foreach (var loop in _loops)
        {
            loop.Start();
        }

        Log.Listening(_logger, sockets[0].LocalEndPoint, count, string.Join(", ", addresses));
        return Task.CompletedTask;
    }

    // Hosts may be stopped from two sides at once; both wait for the one stop.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopLock)
        {
            return _stopping ??= StopOnceAsync(cancellationToken);
        }
    }

    public void Dispose() => _certificate.Dispose();

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        _relay?.CloseAll(CloseReason.ServerStopping);

        // One turn of every loop, so that the goodbyes leave.
        var turns = _shards.Select(shard =>
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            shard.Run(_ => shard.Run(_ => done.TrySetResult()));
            return done.Task;
        });
        await Task.WhenAny(Task.WhenAll(turns), Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }

    private UdpSocket[] OpenSockets(IPEndPoint bind, int count)
    {
        try
        {
            return UdpPort.Open(
                bind, count, new UdpSocketOptions { BufferBytes = SocketBufferBytes, Segmentation = _media.Segmentation });
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new StartRefusedException(
                $"{MediaOptions.Section}:Port is {bind.Port}; the UDP port is in use by another process on {bind.Address}.", e);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new StartRefusedException(
                $"{MediaOptions.Section}:BindAddress is {bind.Address}; it must be an address of this machine.", e);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new StartRefusedException($"{MediaOptions.Section}:Port is {bind.Port}; this user may not bind it.", e);
        }
    }

    /// <summary>What candidates announce: the configured addresses, or loopback and the machine's own that the socket can answer on.</summary>
    private List<TransportAddress> PublicAddresses(ushort port)
    {
        if (_media.PublicAddresses.Count > 0)
        {
            return [.. _media.PublicAddresses.Select(entry => IPEndPoint.Parse(entry))
                .Select(endPoint => TransportAddress.From(endPoint.Address, endPoint.Port == 0 ? port : (ushort)endPoint.Port))];
        }

        var bound = IPAddress.Parse(_media.BindAddress);
        if (!bound.Equals(IPAddress.Any) && !bound.Equals(IPAddress.IPv6Any))
        {
            return [TransportAddress.From(bound, port)];
        }

        var addresses = new List<TransportAddress> { TransportAddress.From(IPAddress.Loopback, port) };
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces().Where(i => i.OperationalStatus == OperationalStatus.Up))
        {
            foreach (var address in network.GetIPProperties().UnicastAddresses.Select(entry => entry.Address))
            {
                var usable = address.AddressFamily == AddressFamily.InterNetwork
                    || (bound.Equals(IPAddress.IPv6Any) && !address.IsIPv6LinkLocal);
                if (usable && !IPAddress.IsLoopback(address))
                {
                    addresses.Add(TransportAddress.From(address, port));
                }
            }
        }

        return [.. addresses.Distinct()];
    }

    private sealed class ShardHandler(RelayShard shard) : DatagramLoopHandler
    {
        public override Timestamp NextTimeout => shard.NextTimeout;

        public override void HandleDatagram(Timestamp now, PacketBuffer datagram, in NetworkPath path) =>
            shard.HandleDatagram(now, datagram, path);

        public override void Process(Timestamp now, NtpTime wallClock, DatagramWriter output) => shard.Process(now, wallClock, output);

        public override void HandleFlushed(Timestamp now) => shard.HandleFlushed(now);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Media on UDP {EndPoint} with {Loops} loops, announced as {Addresses}")]
        public static partial void Listening(ILogger logger, IPEndPoint endPoint, int loops, string addresses);

        [LoggerMessage(2, LogLevel.Error, "A relay loop failed in one turn and goes on")]
        private static partial void LoopFault(ILogger logger, Exception exception);

        public static Action<Exception> LoopFault(ILogger logger) => exception => LoopFault(logger, exception);
    }
}
