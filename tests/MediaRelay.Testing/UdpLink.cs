using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing;

/// <summary>
/// A bad network for real sockets: a UDP forwarder on loopback between clients and one server, with a thread of its own. Clients send
/// to <see cref="Address"/>, which the server announces as its own; each reaches the server from a socket of its own, so that the
/// server tells them apart. Each client has its own two lines, all with the conditions of their direction and random numbers from the
/// seed and the order in which clients appear. Linux only. Members may be called from any thread.
/// </summary>
public sealed class UdpLink : IDisposable
{
    /// <summary>Clients beyond are not served: what comes from further addresses is dropped and counted by <see cref="Refused"/>.</summary>
    public const int MaxClients = 1024;

    /// <summary>Datagrams on their way beyond are dropped and counted by <see cref="Refused"/>.</summary>
    public const int MaxTravelling = 65_536;

    // So long it takes at most until Dispose is noticed; an idle link wakes 20 times a second.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);

    // A browser's key frame, or a server's burst to many clients, comes in one go.
    private const int SocketBufferSize = 4 << 20;

    private const int LargestDatagram = 65_536;

    private readonly int _seed;
    private readonly Socket _listener;
    private readonly LinkConditions _toServer = new();
    private readonly LinkConditions _toClients = new();
    private readonly Dictionary<SocketAddress, LinkedClient> _clientsByAddress = [];
    private readonly List<LinkedClient> _clients = [];
    private readonly DelayLine<Datagram> _travelling = new();
    private readonly SocketPoll _poll = new();
    private readonly SocketAddress _sender = new(AddressFamily.InterNetwork);
    private readonly byte[] _buffer = new byte[LargestDatagram];
    private readonly Lock _lock = new();
    private Thread? _thread;
    private IPEndPoint? _server;
    private long _refused;
    private bool _isRebindAsked;
    private volatile bool _isStopping;

    /// <summary>Binds the clients' side; nothing is forwarded before <see cref="Start"/>.</summary>
    /// <param name="seed">Of all random decisions.</param>
    /// <param name="port">0 lets the kernel choose.</param>
    public UdpLink(int seed, int port = 0)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("The link waits with Linux's ppoll.");
        }

        _seed = seed;
        _listener = OpenSocket(new IPEndPoint(IPAddress.Loopback, port));
        Address = (IPEndPoint)_listener.LocalEndPoint!;
    }

    /// <summary>Where clients reach the server through this link.</summary>
    public IPEndPoint Address { get; }

    /// <summary>What clients have sent.</summary>
    public LinkCounters ToServer => Sum(static client => client.ToServer.Counters);

    /// <summary>What the server has sent.</summary>
    public LinkCounters ToClients => Sum(static client => client.ToClient.Counters);

    /// <summary>Datagrams dropped because there were too many clients, or too many datagrams on their way.</summary>
    public long Refused
    {
        get
        {
            lock (_lock)
            {
                return _refused;
            }
        }
    }

    /// <summary>Client addresses seen so far.</summary>
    public int Clients
    {
        get
        {
            lock (_lock)
            {
                return _clients.Count;
            }
        }
    }

    /// <summary>Begins to forward. Once.</summary>
    public void Start(IPEndPoint server)
    {
        if (_thread is not null)
        {
            throw new InvalidOperationException("The link is running.");
        }

        _server = server;
        _poll.Watch([_listener]);
        _thread = new Thread(Run) { Name = "udp link", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Changes the conditions of both directions alike, between two datagrams.</summary>
    public UdpLink Configure(Action<LinkConditions> set) => ConfigureToServer(set).ConfigureToClients(set);

    /// <summary>Changes the conditions of what clients send.</summary>
    public UdpLink ConfigureToServer(Action<LinkConditions> set) => Configure(set, _toServer);

    /// <summary>Changes the conditions of what the server sends.</summary>
    public UdpLink ConfigureToClients(Action<LinkConditions> set) => Configure(set, _toClients);

    /// <summary>
    /// Gives every client another address towards the server, as a NAT does that has lost its bindings: what comes to the old
    /// addresses is lost, and the server hears from the new ones with the client's next datagram. Soon, not at once.
    /// </summary>
    public void Rebind()
    {
        lock (_lock)
        {
            _isRebindAsked = true;
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        _thread?.Join();
        _listener.Dispose();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    internal static Socket OpenSocket(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            Blocking = false,
            ReceiveBufferSize = SocketBufferSize,
            SendBufferSize = SocketBufferSize,
        };
        socket.Bind(endPoint);
        return socket;
    }

    private static Timestamp Now => new((long)Stopwatch.GetElapsedTime(0).TotalNanoseconds);

    private UdpLink Configure(Action<LinkConditions> set, LinkConditions conditions)
    {
        lock (_lock)
        {
            set(conditions);
        }

        return this;
    }

    private LinkCounters Sum(Func<LinkedClient, LinkCounters> counters)
    {
        lock (_lock)
        {
            return _clients.Aggregate(default(LinkCounters), (sum, client) => sum + counters(client));
        }
    }

    private void Run()
    {
        while (!_isStopping)
        {
            _poll.Wait(UntilNextArrival());
            lock (_lock)
            {
                Receive();
                Deliver();
                if (_isRebindAsked)
                {
                    _isRebindAsked = false;
                    _clients.ForEach(static client => client.Rebind());
                    Watch();
                }
            }
        }
    }

    /// <remarks>Only the link's own thread adds to what travels, so it may look without the lock.</remarks>
    private TimeSpan UntilNextArrival()
    {
        var next = _travelling.NextArrival;
        if (next == Timestamp.Never)
        {
            return LongestWait;
        }

        var wait = next - Now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait;
    }

    private void Receive()
    {
        // Clients that appear now were not waited for; their sockets have their turn next time.
        var watched = _clients.Count;
        if (_poll.IsReady(0))
        {
            ReceiveFromClients();
        }

        for (var i = 0; i < watched; i++)
        {
            if (_poll.IsReady(i + 1))
            {
                ReceiveFromServer(_clients[i]);
            }
        }

        if (watched < _clients.Count)
        {
            Watch();
        }
    }

    private void ReceiveFromClients()
    {
        do
        {
            var length = _listener.ReceiveFrom(_buffer, SocketFlags.None, _sender);
            if (TryFindClient(out var client))
            {
                Send(client, client.ToServer, isToServer: true, length);
            }
            else
            {
                _refused++;
            }
        }
        while (_listener.Available > 0);
    }

    private void ReceiveFromServer(LinkedClient client)
    {
        do
        {
            // The error is that of an earlier send: a server that is not there (ICMP port unreachable) loses datagrams, no more.
            var length = client.Upstream.Receive(_buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                Send(client, client.ToClient, isToServer: false, length);
            }
        }
        while (client.Upstream.Available > 0);
    }

    private bool TryFindClient(out LinkedClient client)
    {
        if (_clientsByAddress.TryGetValue(_sender, out client!))
        {
            return true;
        }

        if (_clients.Count == MaxClients)
        {
            return false;
        }

        var address = new SocketAddress(_sender.Family, _sender.Size);
        _sender.Buffer.Span[.._sender.Size].CopyTo(address.Buffer.Span);
        client = new LinkedClient(address, _server!, Model(_toServer, 0), Model(_toClients, 1));
        _clientsByAddress.Add(address, client);
        _clients.Add(client);
        return true;
    }

    // A prime that spreads neighbouring seeds; the directions of a client and its neighbours draw different numbers.
    private LinkModel Model(LinkConditions conditions, int direction) =>
        new(new Random(unchecked((_seed * 486_187_739) + (_clients.Count * 2) + direction)), conditions);

    private void Send(LinkedClient client, LinkModel model, bool isToServer, int length)
    {
        if (_travelling.Count >= MaxTravelling)
        {
            _refused++;
            return;
        }

        var decision = model.Decide(Now, length);
        if (decision.Fate != LinkFate.Passed)
        {
            return;
        }

        _travelling.Add(decision.Arrival, Copy(client, isToServer, length));
        if (decision.CopyArrival != Timestamp.Never)
        {
            _travelling.Add(decision.CopyArrival, Copy(client, isToServer, length));
        }
    }

    private Datagram Copy(LinkedClient client, bool isToServer, int length)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        _buffer.AsSpan(0, length).CopyTo(bytes);
        return new Datagram(client, isToServer, bytes, length);
    }

    private void Deliver()
    {
        while (_travelling.TryTake(Now, out var datagram))
        {
            var bytes = datagram.Bytes.AsSpan(0, datagram.Length);
            if (datagram.IsToServer)
            {
                // As above: what cannot be sent is lost, as on any network.
                datagram.Client.Upstream.Send(bytes, SocketFlags.None, out _);
            }
            else
            {
                _listener.SendTo(bytes, SocketFlags.None, datagram.Client.Address);
            }

            ArrayPool<byte>.Shared.Return(datagram.Bytes);
        }
    }

    private void Watch() => _poll.Watch([_listener, .. _clients.Select(static client => client.Upstream)]);

    private readonly record struct Datagram(LinkedClient Client, bool IsToServer, byte[] Bytes, int Length);
}
