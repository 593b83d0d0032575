using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Sessions;

/// <summary>
/// One WHIP or WHEP session: a peer connection and what the relay does with it. Made by an HTTP request, owned by the loop that its
/// first authenticated check reaches. Members that say "any thread" may be used from everywhere, the others on the owning loop.
/// </summary>
public abstract class PeerSession
{
    // The same bound as the ICE agent's: a peer with more addresses than this is not one peer.
    private const int MaxAddresses = 8;
    private static readonly TimeSpan RtcpInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _addressLock = new();
    private readonly List<(RelayShard Shard, TransportAddress Address)> _addresses = [];
    private readonly List<string> _ufrags = [];
    private Room _room;
    private RelayShard? _shard;
    private Timestamp _nextRtcp = Timestamp.Never;
    private int _isClosed;
    private bool _wasConnected;
    private bool _isDisposed;

    private protected PeerSession(RelayCore relay, Room room, string id, string identity, PeerConnection peer, string ufrag)
    {
        Relay = relay;
        _room = room;
        Id = id;
        Identity = identity;
        Peer = peer;
        _ufrags.Add(ufrag);
    }

    /// <summary>Unguessable; part of the session's URL. Any thread.</summary>
    public string Id { get; }

    /// <summary>The token's subject. Any thread.</summary>
    public string Identity { get; }

    /// <summary>The room that it belongs to now; a hand-off changes it. Any thread.</summary>
    public Room Room => Volatile.Read(ref _room);

    /// <summary>The user name fragment that the peer should use now; another one after an ICE restart. Any thread.</summary>
    public string CurrentUfrag
    {
        get
        {
            lock (_addressLock)
            {
                return _ufrags[^1];
            }
        }
    }

    /// <summary>Any thread.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Any thread.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>When the HTTP request arrived; any thread.</summary>
    public required Timestamp CreatedAt { get; init; }

    internal RelayShard? Shard => Volatile.Read(ref _shard);

    internal bool IsTouched { get; set; }

    /// <summary>It is among the owner's sessions; theirs alone.</summary>
    internal bool IsCounted { get; set; }

    /// <summary>Where the owner's timers hold it; theirs alone.</summary>
    internal long ArmedTick { get; set; } = SessionTimers.NotArmed;

    /// <summary>When <see cref="HandleTimeout"/> must be called; reports have their own rounds.</summary>
    internal Timestamp NextTimeout => Timestamp.Min(Peer.NextTimeout, NextWork);

    internal RelayCounters Counters => _shard!.Counters;

    private protected RelayCore Relay { get; }

    private protected PeerConnection Peer { get; }

    /// <summary>The session's own next deadline beside its peer's.</summary>
    private protected virtual Timestamp NextWork => Timestamp.Never;

    /// <summary>Ends the session; any thread.</summary>
    public void RequestClose(CloseReason reason)
    {
        var shard = Shard;
        if (shard is null)
        {
            // Nothing has reached any loop yet: any of them may own its end.
            shard = Relay.Shards[0];
            if (!TryClaim(shard))
            {
                shard = Shard!;
            }
        }

        shard.Run(now =>
        {
            Close(now, reason);
            shard.Touch(this);
        });
    }

    /// <summary>Answers a WHIP/WHEP ICE restart with new credentials; any thread.</summary>
    public IceCredentials RestartIce(string? remoteUfrag)
    {
        var credentials = IceCredentials.Create();
        lock (_addressLock)
        {
            if (IsClosed)
            {
                return credentials;
            }

            _ufrags.Add(credentials.Ufrag);
            Relay.Directory.TryAdd(credentials.Ufrag, this);

            // Ordered in the lock, so that restarts take effect in the order of the list.
            if (Shard is { } shard)
            {
                shard.Run(_ => ApplyRestart(credentials, remoteUfrag));
            }
            else
            {
                ApplyRestart(credentials, remoteUfrag);
            }
        }

        return credentials;
    }

    internal bool IsAuthentic(ReadOnlySpan<byte> datagram) => !IsClosed && Peer.IsAuthentic(datagram);

    /// <summary>Makes <paramref name="shard"/> the owner if there is none yet; any thread.</summary>
    internal bool TryClaim(RelayShard shard) => Interlocked.CompareExchange(ref _shard, shard, null) is null;

    /// <summary>Notes that a loop routes an address to this session; false when it has too many. Any thread.</summary>
    internal bool TryBind(RelayShard shard, TransportAddress address)
    {
        lock (_addressLock)
        {
            if (IsClosed)
            {
                return false;
            }

            if (_addresses.Count >= MaxAddresses)
            {
                var (oldShard, oldAddress) = _addresses[0];
                _addresses.RemoveAt(0);
                oldShard.Run(_ => oldShard.Forget(oldAddress));
            }

            _addresses.Add((shard, address));
            return true;
        }
    }

    internal void OnClaimed(Timestamp now)
    {
        Peer.CountDropsIn(_shard!.Drops);
        Peer.Start(now);
    }

    /// <summary>Lets go of a session that was refused before it had an owner.</summary>
    internal void Discard() => Peer.Dispose();

    internal void Receive(Timestamp now, PacketBuffer datagram, in NetworkPath path)
    {
        var kind = Peer.Receive(now, datagram.Span, path, out var length);
        switch (kind)
        {
            case PacketKind.Rtp:
                datagram.SetRange(datagram.Start, length);
                HandleRtp(now, datagram);
                break;
            case PacketKind.Rtcp:
                Counters.RtcpPacketsReceived++;
                HandleRtcp(now, datagram.ArrivalOr(now), datagram.Span[..length]);
                datagram.Dispose();
                break;
            default:
                datagram.Dispose();
                NoticePeer(now);
                break;
        }
    }

    internal void HandleTimeout(Timestamp now)
    {
        if (IsClosed)
        {
            return;
        }

        Peer.HandleTimeout(now);
        NoticePeer(now);
        if (!IsClosed)
        {
            HandleWork(now);
        }
    }

    /// <summary>Writes everything that waits.</summary>
    internal void Flush(Timestamp now, DatagramWriter output)
    {
        if (_isDisposed)
        {
            return;
        }

        if (!IsClosed)
        {
            WriteOwn(now, output);
            if (now >= _nextRtcp)
            {
                AwaitReport(now, RtcpInterval);
                WriteReports(now, output);
            }
        }

        WritePeer(now, output);
        if (IsClosed)
        {
            _isDisposed = true;
            Peer.Dispose();
        }
    }

    /// <summary>Ends the session on its loop; what remains is to flush the goodbye.</summary>
    internal void Close(Timestamp now, CloseReason reason)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        Peer.Close(reason);
        lock (_addressLock)
        {
            foreach (var ufrag in _ufrags)
            {
                Relay.Directory.Remove(ufrag, this);
            }

            foreach (var (shard, address) in _addresses)
            {
                if (shard == _shard)
                {
                    shard.Forget(address);
                }
                else
                {
                    shard.Run(_ => shard.Forget(address));
                }
            }

            _addresses.Clear();
        }

        OnClosed(now);
        Relay.OnClosed(this, Peer.CloseReason);
    }

    private void ApplyRestart(IceCredentials credentials, string? remoteUfrag)
    {
        if (IsClosed)
        {
            return;
        }

        Peer.RestartIce(credentials, remoteUfrag);
        lock (_addressLock)
        {
            // However often a peer restarts: only what it can still use finds it.
            for (var i = _ufrags.IndexOf(credentials.Ufrag) - 1; i >= 0; i--)
            {
                if (!Peer.IsValid(_ufrags[i]))
                {
                    Relay.Directory.Remove(_ufrags[i], this);
                    _ufrags.RemoveAt(i);
                }
            }
        }
    }

    private protected void ChangeRoom(Room room) => Volatile.Write(ref _room, room);

    /// <summary>Runs a step so that a bug in it costs this session only.</summary>
    internal void Guard(Timestamp now, Action<PeerSession, Timestamp> step)
    {
        try
        {
            step(this, now);
        }
        catch (Exception e)
        {
            _shard!.Fault(now, this, e);
        }
    }

    private protected abstract void HandleRtp(Timestamp now, PacketBuffer packet);

    private protected abstract void HandleRtcp(Timestamp now, Timestamp arrivedAt, ReadOnlySpan<byte> packet);

    private protected abstract void OnConnected(Timestamp now);

    private protected abstract void OnClosed(Timestamp now);

    private protected virtual void HandleWork(Timestamp now)
    {
    }

    private protected virtual void WriteOwn(Timestamp now, DatagramWriter output)
    {
    }

    /// <summary>Sender or receiver reports, once a second.</summary>
    private protected abstract void WriteReports(Timestamp now, DatagramWriter output);

    /// <summary>Encrypts and queues an RTCP packet whose first <paramref name="length"/> bytes are plain.</summary>
    private protected void WriteRtcp(ReadOnlySpan<byte> packet, DatagramWriter output)
    {
        if (packet.IsEmpty || Peer.Path is not { } path)
        {
            return;
        }

        var space = output.Reserve(path, packet.Length + Protocols.Srtp.SrtpContext.MaxRtcpOverhead);
        packet.CopyTo(space);
        var length = Peer.ProtectRtcp(space, packet.Length);
        if (length > 0)
        {
            output.Commit(length);
            Counters.RtcpPacketsSent++;
        }
    }

    private void NoticePeer(Timestamp now)
    {
        if (Peer.IsClosed)
        {
            Close(now, Peer.CloseReason);
            return;
        }

        if (Peer.IsConnected && !_wasConnected)
        {
            _wasConnected = true;
            IsConnected = true;
            AwaitReport(now, RtcpInterval / 4);
            OnConnected(now);
            Relay.OnConnected(this, now);
        }
    }

    private void AwaitReport(Timestamp now, TimeSpan interval)
    {
        _nextRtcp = now + interval;
        _shard!.AwaitReport(now, this, _nextRtcp);
    }

    private void WritePeer(Timestamp now, DatagramWriter output)
    {
        // A reservation needs the path first, which only the peer knows: build in scratch, then copy. These are handshake and SCTP
        // datagrams; media goes another way.
        Span<byte> scratch = stackalloc byte[PacketBuffer.MaxLength];
        while (Peer.TryWriteDatagram(now, scratch, out var length, out var path))
        {
            scratch[..length].CopyTo(output.Reserve(path, length));
            output.Commit(length);
        }
    }
}
