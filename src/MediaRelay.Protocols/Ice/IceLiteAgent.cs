using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Ice;

/// <summary>
/// ICE for a side with public addresses (RFC 8445 §2.5, lite): it sends no checks, answers those of the peer, is always controlled,
/// and takes their absence as loss of consent (RFC 7675 from the other side). One component: everything is bundled.
/// </summary>
public sealed class IceLiteAgent
{
    /// <summary>RFC 7675 §5.1: consent lapses 30 seconds after the last valid answer; a full peer checks every 5 seconds.</summary>
    public static readonly TimeSpan DefaultConsentTimeout = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _consentTimeout;
    private readonly AuthenticatedPaths _paths = new();
    private readonly BindingAnswerQueue _answers = new();
    private Generation? _previous;
    private Timestamp _consentUntil = Timestamp.Never;

    public IceLiteAgent(IceCredentials local, TimeSpan consentTimeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(consentTimeout, TimeSpan.Zero);
        Local = local;
        _consentTimeout = consentTimeout;
    }

    public IceLiteAgent(IceCredentials local)
        : this(local, DefaultConsentTimeout)
    {
    }

    /// <summary>The newest credentials; those before a <see cref="Restart"/> may still be valid beside them.</summary>
    public IceCredentials Local { get; private set; }

    /// <summary>Those of the generation that the peer still may use after a <see cref="Restart"/>; null when there is none.</summary>
    public IceCredentials? Previous => _previous?.Local;

    /// <summary>The peer's fragment, which a check's USERNAME must then name; null accepts any.</summary>
    public string? RemoteUfrag { get; set; }

    /// <summary>
    /// Where to send: the path nominated last; until there is one, the first that was authenticated. A nomination after a change of
    /// address moves it without a restart.
    /// </summary>
    public NetworkPath? SelectedPath { get; private set; }

    /// <summary>No authentic check came for the consent timeout; nothing more may be sent. Stays true.</summary>
    public bool IsExpired { get; private set; }

    public Timestamp NextTimeout => IsExpired ? Timestamp.Never : _consentUntil;

    /// <summary>Begins to wait for the first check; without this call the peer has no time limit until its first check.</summary>
    public void Start(Timestamp now) => _consentUntil = now + _consentTimeout;

    /// <summary>
    /// Begins a new generation (RFC 8445 §9). The old credentials and the selected path hold until the first authentic check on the
    /// new credentials, so a restart that comes to nothing harms nobody.
    /// </summary>
    /// <param name="newLocal">Our new fragment and password.</param>
    /// <param name="newRemoteUfrag">The peer's new fragment; it becomes <see cref="RemoteUfrag"/>.</param>
    public void Restart(IceCredentials newLocal, string? newRemoteUfrag = null)
    {
        // A second restart before any check on the first: the peer may still be on the oldest generation only.
        _previous ??= new Generation(Local, RemoteUfrag);
        Local = newLocal;
        RemoteUfrag = newRemoteUfrag;
    }

    /// <summary>An authentic check came from this address; DTLS is taken from such addresses only.</summary>
    public bool IsAuthenticated(in TransportAddress remote) => _paths.HasRemote(remote);

    /// <summary>Takes a datagram whose first byte says STUN (RFC 7983); an answer, if any, waits in <see cref="TryWriteDatagram"/>.</summary>
    public IceResult HandleDatagram(Timestamp now, ReadOnlySpan<byte> datagram, in NetworkPath path)
    {
        if (!StunMessage.TryParse(datagram, out var message))
        {
            return IceResult.Dropped(DropReason.StunMalformed);
        }

        if (message.Type != StunMessageType.BindingRequest)
        {
            return IceResult.Dropped(DropReason.StunUnexpected);
        }

        if (!TryAuthenticate(message, out var password))
        {
            return IceResult.Dropped(DropReason.StunUnauthenticated);
        }

        if (message.UnknownAttributes.Count > 0)
        {
            return Reject(new BindingAnswer(
                message.TransactionId, path, password, BindingAnswer.UnknownAttribute, message.UnknownAttributes));
        }

        if (message.IceControlled is not null)
        {
            return Reject(new BindingAnswer(message.TransactionId, path, password, BindingAnswer.RoleConflict));
        }

        if (!_answers.TryEnqueue(new BindingAnswer(message.TransactionId, path, password)))
        {
            return IceResult.Dropped(DropReason.QueueFull);
        }

        return Accept(now, path, message.HasUseCandidate);
    }

    public void HandleTimeout(Timestamp now)
    {
        if (now >= _consentUntil)
        {
            IsExpired = true;
        }
    }

    /// <summary>
    /// Writes the next answer; false when there is none. <paramref name="destination"/> holds
    /// <see cref="StunMessageWriter.MaxBindingLength"/> bytes at least.
    /// </summary>
    public bool TryWriteDatagram(Span<byte> destination, out int length, out NetworkPath path) =>
        _answers.TryWrite(destination, out length, out path);

    private bool TryAuthenticate(in StunMessage message, out string password)
    {
        password = Local.Password;
        if (IsAuthentic(message, Local, RemoteUfrag))
        {
            _previous = null;
            return true;
        }

        if (_previous is { } previous && IsAuthentic(message, previous.Local, previous.RemoteUfrag))
        {
            password = previous.Local.Password;
            return true;
        }

        return false;
    }

    // FINGERPRINT is not asked for: MESSAGE-INTEGRITY covers more, and RFC 8445 §7.1.4 obliges the sender, not the receiver.
    private static bool IsAuthentic(in StunMessage message, in IceCredentials local, string? remoteUfrag) =>
        IceUsername.Matches(message.Username, local.Ufrag, remoteUfrag) && IceKey.Verify(message, local.Password);

    private IceResult Reject(in BindingAnswer answer) =>
        _answers.TryEnqueue(answer) ? new IceResult(IceOutcome.Rejected) : IceResult.Dropped(DropReason.QueueFull);

    private IceResult Accept(Timestamp now, in NetworkPath path, bool isNomination)
    {
        _consentUntil = now + _consentTimeout;
        var isNew = _paths.Touch(path, SelectedPath);
        if (isNomination || SelectedPath is null)
        {
            SelectedPath = path;
        }

        return new IceResult(isNew ? IceOutcome.AuthenticatedNewPath : IceOutcome.Authenticated);
    }

    private sealed record Generation(IceCredentials Local, string? RemoteUfrag);
}
