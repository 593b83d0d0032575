using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Ice;

/// <summary>
/// Full ICE for a client of an ICE-lite server (RFC 8445): controlling, one socket, one component, the peer's candidates known from the
/// start. It checks them all, nominates the first that answers, and keeps consent (RFC 7675).
/// </summary>
public sealed class IceClientAgent
{
    /// <summary>Candidates beyond this many are not checked.</summary>
    public const int MaxRemoteCandidates = 32;

    /// <summary>Time between two new checks, Ta (RFC 8445 §14.2).</summary>
    private static readonly TimeSpan Pacing = TimeSpan.FromMilliseconds(50);

    /// <summary>RFC 7675 §5.1: every 5 seconds, spread by a factor of 0.8 to 1.2.</summary>
    private static readonly TimeSpan ConsentInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ConsentTimeout = TimeSpan.FromSeconds(30);

    // Peer-reflexive preference 110, highest local preference, component 1 (RFC 8445 §5.1.2.1).
    private const uint CheckPriority = (110u << 24) | (0xFFFFu << 8) | 255;

    private string _remoteUfrag;
    private string _remotePassword;
    private readonly CandidatePair[] _pairs;
    private readonly BindingAnswerQueue _answers = new();
    private readonly ConsentChecks _consentChecks = new();
    private readonly ulong _tieBreaker;
    private readonly Random _random;
    private readonly TimerTable<Timer> _timers = new();
    private CandidatePair? _selected;
    private bool _isConsentDue;
    private Timestamp _now;

    /// <param name="local">Our credentials, as our offer announced them.</param>
    /// <param name="remote">The server's, from its answer; at most 256 characters each (RFC 8839 §5.4).</param>
    /// <param name="localAddress">Where our socket is bound; may be unspecified.</param>
    /// <param name="remoteCandidates">The server's candidates, best first; at least one.</param>
    /// <param name="random">Tie-breaker and the spread of consent checks.</param>
    public IceClientAgent(
        IceCredentials local,
        IceCredentials remote,
        TransportAddress localAddress,
        IReadOnlyList<TransportAddress> remoteCandidates,
        Random random)
    {
        if (remoteCandidates.Count == 0)
        {
            throw new ArgumentException("There is no candidate to check.", nameof(remoteCandidates));
        }

        Check(remote);
        Local = local;
        (_remoteUfrag, _remotePassword) = remote;
        _pairs = [.. remoteCandidates.Distinct().Take(MaxRemoteCandidates)
            .Select(candidate => new CandidatePair(new NetworkPath(localAddress, candidate)))];
        _random = random;
        _tieBreaker = (ulong)random.NextInt64();
    }

    private enum Timer
    {
        /// <summary>The next new check may go out.</summary>
        Pace,

        /// <summary>A check under way is to be repeated or has failed.</summary>
        Retransmit,

        /// <summary>The next consent check is due.</summary>
        Consent,

        /// <summary>The peer has not consented for too long.</summary>
        ConsentLost,
    }

    public IceCredentials Local { get; private set; }

    public IceClientState State { get; private set; }

    /// <summary>Our fragment of the generation that <see cref="SelectedPath"/> was nominated in; null without one.</summary>
    public string? NominatedUfrag { get; private set; }

    /// <summary>The nominated path; null until the server confirmed a nomination.</summary>
    public NetworkPath? SelectedPath => _selected?.Path;

    public Timestamp NextTimeout => _timers.Next;

    /// <summary>The first check goes out with the next <see cref="TryWriteDatagram"/>.</summary>
    public void Start(Timestamp now)
    {
        if (State != IceClientState.New)
        {
            return;
        }

        State = IceClientState.Checking;
        HandlePace(now);
    }

    /// <summary>
    /// Restarts (RFC 8445 §9): all candidates are checked again with these credentials. The selected path holds until another one is
    /// nominated, and beyond a restart that comes to nothing for as long as the server consents.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="local">Our new credentials.</param>
    /// <param name="remote">The server's new ones; at most 256 characters each.</param>
    public void Restart(Timestamp now, IceCredentials local, IceCredentials remote)
    {
        Check(remote);
        Local = local;
        (_remoteUfrag, _remotePassword) = remote;
        if (State == IceClientState.New)
        {
            return;
        }

        StopChecks();
        foreach (var pair in _pairs)
        {
            pair.HasFailed = false;
        }

        State = _selected is null ? IceClientState.Checking : State;
        HandlePace(now);
    }

    public IceResult HandleDatagram(Timestamp now, ReadOnlySpan<byte> datagram, in NetworkPath path)
    {
        _now = Timestamp.Max(_now, now);
        if (!StunMessage.TryParse(datagram, out var message))
        {
            return IceResult.Dropped(DropReason.StunMalformed);
        }

        return message.Type switch
        {
            StunMessageType.BindingRequest => HandleRequest(message, path),
            StunMessageType.BindingSuccess or StunMessageType.BindingError => HandleResponse(message, path),
            _ => IceResult.Dropped(DropReason.StunUnexpected),
        };
    }

    public void HandleTimeout(Timestamp now)
    {
        _now = Timestamp.Max(_now, now);
        if (_timers.TryExpire(_now, Timer.ConsentLost))
        {
            Fail();
            return;
        }

        if (_timers.TryExpire(_now, Timer.Retransmit))
        {
            HandleRetransmit();
        }

        if (_timers.TryExpire(_now, Timer.Pace))
        {
            HandlePace(_now);
        }

        if (_timers.TryExpire(_now, Timer.Consent))
        {
            _isConsentDue = true;
            _timers.Set(Timer.Consent, _now + (ConsentInterval * (0.8 + (0.4 * _random.NextDouble()))));
        }
    }

    /// <summary>
    /// Writes the next answer or check; false when there is none. <paramref name="destination"/> holds
    /// <see cref="StunMessageWriter.MaxBindingLength"/> bytes at least.
    /// </summary>
    public bool TryWriteDatagram(Span<byte> destination, out int length, out NetworkPath path)
    {
        if (_answers.TryWrite(destination, out length, out path))
        {
            return true;
        }

        if (_isConsentDue && _selected is not null)
        {
            _isConsentDue = false;
            path = _selected.Path;
            length = WriteRequest(destination, _consentChecks.Add(), isNomination: false);
            return true;
        }

        return TryWriteCheck(destination, out length, out path);
    }

    private bool TryWriteCheck(Span<byte> destination, out int length, out NetworkPath path)
    {
        length = 0;
        path = default;
        if (NextDuePair() is not { Check: { } check } pair)
        {
            return false;
        }

        check.NoteSent(_now);
        path = pair.Path;
        length = WriteRequest(destination, check.TransactionId, check.IsNomination);
        ScheduleRetransmit();
        return true;
    }

    private CandidatePair? NextDuePair()
    {
        foreach (var pair in _pairs)
        {
            if (pair.Check is { IsLastSent: false } check && check.NextSend <= _now)
            {
                return pair;
            }
        }

        return null;
    }

    private int WriteRequest(Span<byte> destination, TransactionId transactionId, bool isNomination)
    {
        var writer = new StunMessageWriter(destination, StunMessageType.BindingRequest, transactionId);
        writer.AddUsername(_remoteUfrag, Local.Ufrag);
        writer.AddPriority(CheckPriority);
        writer.AddIceControlling(_tieBreaker);
        if (isNomination)
        {
            writer.AddUseCandidate();
        }

        IceKey.Sign(ref writer, _remotePassword);
        return writer.Length;
    }

    private IceResult HandleRequest(in StunMessage message, in NetworkPath path)
    {
        if (!IceUsername.Matches(message.Username, Local.Ufrag, _remoteUfrag) || !IceKey.Verify(message, Local.Password))
        {
            return IceResult.Dropped(DropReason.StunUnauthenticated);
        }

        var answer = new BindingAnswer(message.TransactionId, path, Local.Password);
        if (message.UnknownAttributes.Count > 0)
        {
            answer = answer with { ErrorCode = BindingAnswer.UnknownAttribute, Unknown = message.UnknownAttributes };
        }
        else if (message.IceControlling is not null)
        {
            // We made the offer to a lite server, so we are controlling whatever the tie-breakers say (RFC 8445 §6.1.1).
            answer = answer with { ErrorCode = BindingAnswer.RoleConflict };
        }

        if (!_answers.TryEnqueue(answer))
        {
            return IceResult.Dropped(DropReason.QueueFull);
        }

        return new IceResult(answer.ErrorCode == 0 ? IceOutcome.Authenticated : IceOutcome.Rejected);
    }

    private IceResult HandleResponse(in StunMessage message, in NetworkPath path)
    {
        if (!IceKey.Verify(message, _remotePassword))
        {
            return IceResult.Dropped(DropReason.StunUnauthenticated);
        }

        var isSuccess = message.Type == StunMessageType.BindingSuccess;
        var id = message.TransactionId;
        var pair = Array.Find(_pairs, candidate => candidate.Check?.TransactionId == id);

        // An answer that comes from elsewhere than the request went proves no path (RFC 8445 §7.2.5.2.1).
        if (pair is not null && pair.Path.Remote == path.Remote)
        {
            return isSuccess ? HandleSuccess(pair, path) : HandleError(pair);
        }

        if (isSuccess && path.Remote == _selected?.Path.Remote && _consentChecks.TryClose(id))
        {
            RenewConsent();
            return new IceResult(IceOutcome.Authenticated);
        }

        return IceResult.Dropped(DropReason.StunUnexpected);
    }

    private IceResult HandleSuccess(CandidatePair pair, in NetworkPath path)
    {
        pair.Path = path;
        if (pair.Check is { IsNomination: false })
        {
            // The first to answer is nominated, at once and only it: a lite server has no preference to wait for (RFC 8445 §8.1.1).
            StopChecks();
            pair.Check = new ConnectivityCheck(isNomination: true);
            return new IceResult(IceOutcome.AuthenticatedNewPath);
        }

        StopChecks();
        _selected = pair;
        NominatedUfrag = Local.Ufrag;
        State = IceClientState.Connected;
        _timers.Set(Timer.Consent, _now + ConsentInterval);
        RenewConsent();
        return new IceResult(IceOutcome.Authenticated);
    }

    private IceResult HandleError(CandidatePair pair)
    {
        FailPair(pair);
        return new IceResult(IceOutcome.Rejected);
    }

    private void RenewConsent() => _timers.Set(Timer.ConsentLost, _now + ConsentTimeout);

    private void HandlePace(Timestamp now)
    {
        _now = Timestamp.Max(_now, now);
        if (Array.Find(_pairs, pair => pair.IsWaiting) is not { } next)
        {
            return;
        }

        next.Check = new ConnectivityCheck(isNomination: false);
        _timers.Set(Timer.Pace, _now + Pacing);
    }

    private void HandleRetransmit()
    {
        foreach (var pair in _pairs)
        {
            if (pair.Check is { IsLastSent: true } check && check.NextSend <= _now)
            {
                FailPair(pair);
            }
        }

        ScheduleRetransmit();
    }

    private void ScheduleRetransmit()
    {
        var next = Timestamp.Never;
        foreach (var pair in _pairs)
        {
            next = pair.Check is { } check ? Timestamp.Min(next, check.NextSend) : next;
        }

        _timers.Set(Timer.Retransmit, next);
    }

    private void FailPair(CandidatePair pair)
    {
        pair.Check = null;
        pair.HasFailed = true;
        if (Array.TrueForAll(_pairs, candidate => candidate.HasFailed))
        {
            // After a restart the old path may still be good: its consent decides.
            if (_selected is null)
            {
                Fail();
            }
        }
        else if (!_timers.IsRunning(Timer.Pace))
        {
            HandlePace(_now);
        }
    }

    private static void Check(in IceCredentials remote)
    {
        if (remote.Ufrag.Length > IceKey.MaxLength || remote.Password.Length > IceKey.MaxLength)
        {
            throw new ArgumentException("ICE credentials have at most 256 characters (RFC 8839 §5.4).", nameof(remote));
        }
    }

    private void StopChecks()
    {
        foreach (var pair in _pairs)
        {
            pair.Check = null;
        }

        _timers.Stop(Timer.Pace);
        _timers.Stop(Timer.Retransmit);
    }

    private void Fail()
    {
        StopChecks();
        _isConsentDue = false;
        _selected = null;
        NominatedUfrag = null;
        _timers.Stop(Timer.Consent);
        _timers.Stop(Timer.ConsentLost);
        State = IceClientState.Failed;
    }
}
