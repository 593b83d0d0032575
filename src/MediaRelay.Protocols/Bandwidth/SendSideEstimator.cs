using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Estimates what the path to one viewer carries, from transport-wide feedback: Google Congestion Control
/// (draft-ietf-rmcat-gcc-02), delay- and loss-based, with probing by padding. It composes its parts; each documents its
/// constants and where it leaves the draft. One thread at a time; about 10 KB once the first packet is sent, 2 KB
/// before.
/// <para>
/// The caller numbers each packet by <see cref="OnPacketSent"/>, hands over feedback, sets <see
/// cref="WantedBitsPerSecond"/> (from <see cref="LayerChooser"/>), and sends what <see cref="TryTakeProbe"/> asks for.
/// Bytes are those of the UDP payload throughout.
/// </para>
/// </summary>
public sealed class SendSideEstimator
{
    /// <summary>As in libwebrtc: a low layer with sound.</summary>
    public const long DefaultInitialBitsPerSecond = 300_000;

    /// <summary>Sound and a few pictures; below it there is nothing left to choose.</summary>
    public const long MinBitsPerSecond = 50_000;

    /// <summary>More than any layer of a feed has.</summary>
    public const long MaxBitsPerSecond = 50_000_000;

    private const int AcknowledgedMs = 500;
    private const int RecentMs = 150;

    // Feedback comes every 50 to 250 ms (libwebrtc); four missing ones are no accident.
    private static readonly TimeSpan MinSilence = TimeSpan.FromSeconds(1);
    private const int SilenceRoundTrips = 4;

    private static readonly TimeSpan DefaultRoundTrip = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxRoundTrip = TimeSpan.FromSeconds(5);

    private readonly SentPacketHistory _history;
    private readonly PacketGrouping _grouping = new();
    private readonly TrendlineDetector _detector = new();
    private readonly BacklogDetector _backlog = new();
    private readonly ReportedRate _acknowledged = new();
    private readonly ReportedRate _sent = new();
    private readonly LossRateControl _loss = new();
    private readonly ProbeController _probes = new();
    private readonly AimdRateControl _delay;

    private TimeSpan? _reportedRoundTrip;
    private TimeSpan? _feedbackRoundTrip;
    private Timestamp _silenceFrom = Timestamp.Never;
    private bool _hasFeedback;

    // Found in the feedback that is being read; 0 for none.
    private long _backlogged;

    // Unwrapped arrival of the last feedback's last packet, in ticks of 250 µs.
    private long _lastArrival;
    private long _nextReported;
    private long _lastProbePacket;

    public SendSideEstimator(long initialBitsPerSecond = DefaultInitialBitsPerSecond, ushort firstSequence = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(initialBitsPerSecond, MinBitsPerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(initialBitsPerSecond, MaxBitsPerSecond);
        _delay = new AimdRateControl(initialBitsPerSecond, MinBitsPerSecond, MaxBitsPerSecond);
        _history = new SentPacketHistory(firstSequence);
        _nextReported = firstSequence;
    }

    /// <summary>What fits, in bits per second of UDP payload, all streams and resends together.</summary>
    public long TargetBitsPerSecond => Math.Max(Math.Min(_delay.BitsPerSecond, _loss.BitsPerSecond), MinBitsPerSecond);

    /// <summary>
    /// What would be of use, in bits per second; probes are made while it is above the target. 0: none.
    /// </summary>
    public long WantedBitsPerSecond { get; set; }

    /// <summary>What arrived over the last half second that feedback told of; 0 while unknown.</summary>
    public long AcknowledgedBitsPerSecond => _acknowledged.GetBitsPerSecond(AcknowledgedMs);

    /// <summary>Share of packets lost in the last second, 0 to 1.</summary>
    public double LossFraction => _loss.Fraction;

    /// <summary>True when the last feedback showed a growing queue.</summary>
    public bool IsOverusing { get; private set; }

    /// <summary>
    /// True when what arrives is less than 65 % of the target (libwebrtc's bound): the target then rests on probes.
    /// </summary>
    public bool IsApplicationLimited => AcknowledgedBitsPerSecond < TargetBitsPerSecond * 65 / 100;

    /// <summary>
    /// When to call <see cref="HandleTimeout"/> and then <see cref="TryTakeProbe"/> until false; changes with each
    /// other call.
    /// </summary>
    public Timestamp NextTimeout => Timestamp.Min(SilenceEnd, _probes.GetNextTimeout(IsProbeWanted));

    private TimeSpan RoundTrip => _reportedRoundTrip ?? _feedbackRoundTrip ?? DefaultRoundTrip;

    private bool IsProbeWanted => IsProbeAllowed && WantedBitsPerSecond > TargetBitsPerSecond;

    // Not before feedback has come at all, nor into a queue or loss.
    private bool IsProbeAllowed => _hasFeedback && !IsOverusing && !_loss.IsHigh && !_loss.IsPersistent;

    private Timestamp SilenceEnd
    {
        get
        {
            var silence = RoundTrip * SilenceRoundTrips;
            return _silenceFrom + (silence > MinSilence ? silence : MinSilence);
        }
    }

    /// <summary>
    /// Notes a packet that leaves now and returns its transport-wide sequence number, to be written into its header
    /// extension: media, resends and padding alike, in the order of sending.
    /// </summary>
    public ushort OnPacketSent(Timestamp now, int bytes)
    {
        var cluster = _probes.SendingCluster;
        if (cluster != 0)
        {
            _probes.OnPacketSent(now, bytes, RoundTrip);
            _lastProbePacket = _history.Next;
        }

        if (_silenceFrom == Timestamp.Never)
        {
            _silenceFrom = now;
        }

        return _history.Add(now, bytes, cluster);
    }

    /// <summary>
    /// The round trip that a receiver report gives (RFC 3550 §6.4.1); without, that of the feedback is used.
    /// </summary>
    public void OnRoundTrip(TimeSpan roundTrip) => _reportedRoundTrip = Clamp(roundTrip);

    /// <summary>
    /// Takes what the viewer tells of the packets. Of packets that it has told of before, that were never sent, or that
    /// are too old, nothing is believed.
    /// </summary>
    public void OnFeedback(Timestamp now, in TransportFeedback feedback)
    {
        var usage = BandwidthUsage.Normal;
        var usageSent = now;
        var isNews = false;
        _backlogged = 0;
        SkipUnreported(now, feedback);
        foreach (var entry in feedback)
        {
            var number = _history.Unwrap(entry.SequenceNumber);
            if (!_history.Contains(number))
            {
                continue;
            }

            isNews = true;
            _nextReported = Math.Max(_nextReported, number + 1);
            ref var packet = ref _history.Get(number);
            if (!entry.IsReceived)
            {
                OnLost(now, ref packet);
                continue;
            }

            if (packet.State == SentPacketState.Received)
            {
                continue;
            }

            var groupUsage = OnReceived(now, Unwrap(entry.Arrival), ref packet, out var sent);
            if (groupUsage == BandwidthUsage.Overusing || usage != BandwidthUsage.Overusing)
            {
                usage = groupUsage;
                usageSent = new Timestamp(sent * 1_000);
            }
        }

        if (isNews)
        {
            _silenceFrom = Timestamp.Never;
            _hasFeedback = true;
            Decide(now, usage, usageSent);
        }
    }

    /// <summary>
    /// Gives what is to be sent as a probe now; to be called until false, after each feedback and timeout.
    /// </summary>
    public bool TryTakeProbe(Timestamp now, out ProbeBurst burst) =>
        _probes.TryTake(now, TargetBitsPerSecond, WantedBitsPerSecond, IsProbeAllowed, out burst);

    public void HandleTimeout(Timestamp now)
    {
        _probes.HandleTimeout(now);
        FinishProbe(now);
        if (now >= SilenceEnd)
        {
            // Once for what was sent so far; what is sent from now on begins another wait.
            _silenceFrom = Timestamp.Never;
            _delay.HandleSilence();
            _probes.OnCongestion(now);
        }
    }

    private void OnLost(Timestamp now, ref SentPacket packet)
    {
        if (packet.State != SentPacketState.Sent)
        {
            return;
        }

        packet.State = SentPacketState.Lost;
        _loss.OnPacket(isLost: true);
        _probes.OnLost(packet.Cluster);
        _sent.Add(SentPacketHistory.GetSentMicroseconds(now, packet), packet.Bytes);
    }

    // Arrival in ticks of 250 µs; sent is in microseconds.
    private BandwidthUsage OnReceived(Timestamp now, long arrivalTicks, ref SentPacket packet, out long sent)
    {
        var arrival = arrivalTicks * TransportFeedback.MicrosecondsPerTick;
        sent = SentPacketHistory.GetSentMicroseconds(now, packet);
        var wasLost = packet.State == SentPacketState.Lost;
        packet.State = SentPacketState.Received;
        if (wasLost)
        {
            _loss.OnRecovered();
        }
        else
        {
            _loss.OnPacket(isLost: false);
            _sent.Add(sent, packet.Bytes);
        }

        _lastArrival = arrivalTicks;
        _acknowledged.Add(arrival, packet.Bytes);
        _feedbackRoundTrip = Clamp(new TimeSpan(((now.Nanoseconds / 1_000) - sent) * TimeSpan.TicksPerMicrosecond));
        if (packet.Cluster != 0)
        {
            // A probe is meant to fill the queue for a moment: its delay is its own measurement.
            _probes.OnReceived(packet.Cluster, sent, arrival, packet.Bytes, wasLost);
            return _detector.Usage;
        }

        var backlogged = _backlog.Add(sent, arrival, packet.Bytes, _sent.GetBitsPerSecond(AcknowledgedMs));
        if (backlogged > 0)
        {
            _backlogged = backlogged;
        }

        return _grouping.TryAdd(sent, arrival, out var delta) ? _detector.Update(delta) : _detector.Usage;
    }

    private void Decide(Timestamp now, BandwidthUsage usage, Timestamp usageSent)
    {
        usage = _backlogged > 0 ? BandwidthUsage.Overusing : usage;
        IsOverusing = usage == BandwidthUsage.Overusing;
        var rates = new DeliveredRates(
            AcknowledgedBitsPerSecond,
            _acknowledged.GetBitsPerSecond(RecentMs),
            _sent.GetBitsPerSecond(AcknowledgedMs),
            _backlogged);
        var isCut = _delay.Update(now, usage, usageSent, rates, RoundTrip);
        isCut |= _loss.Update(now, _delay.BitsPerSecond, rates.Acknowledged, RoundTrip);
        if (isCut)
        {
            _probes.OnCongestion(now);
        }

        FinishProbe(now);
    }

    private void FinishProbe(Timestamp now)
    {
        if (_probes.TryFinish(now, _nextReported > _lastProbePacket, out var bitsPerSecond))
        {
            _delay.Raise(bitsPerSecond);
            if (!_loss.IsHigh)
            {
                _loss.Raise(bitsPerSecond);
            }

            // What it queued drains now: compared with the delay before it that would look like growth.
            _detector.Reset();
            _grouping.Reset();
        }
    }

    // When feedback was lost nothing is known of the packets that it told of but that they were sent, nor of the time
    // in which they arrived.
    private void SkipUnreported(Timestamp now, in TransportFeedback feedback)
    {
        var first = _history.Unwrap(feedback.BaseSequence);
        if (!_hasFeedback || first <= _nextReported || !_history.Contains(first))
        {
            return;
        }

        for (var number = Math.Max(_nextReported, first - SentPacketHistory.Capacity); number < first; number++)
        {
            if (_history.Contains(number))
            {
                ref var packet = ref _history.Get(number);
                _sent.Add(SentPacketHistory.GetSentMicroseconds(now, packet), packet.Bytes);
            }
        }

        foreach (var entry in feedback)
        {
            if (entry.IsReceived)
            {
                var from = _lastArrival * TransportFeedback.MicrosecondsPerTick;
                var to = Unwrap(entry.Arrival) * TransportFeedback.MicrosecondsPerTick;
                _acknowledged.MarkUnknown(from, to);
                return;
            }
        }
    }

    // The receiver's time has 24 bits of 64 ms: in ticks of 250 µs it wraps after 32 bits.
    private long Unwrap(long arrival) => _hasFeedback ? _lastArrival + (int)(uint)(arrival - _lastArrival) : arrival;

    private static TimeSpan Clamp(TimeSpan roundTrip) =>
        TimeSpan.FromTicks(Math.Clamp(roundTrip.Ticks, TimeSpan.TicksPerMillisecond, MaxRoundTrip.Ticks));
}
