using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;

namespace MediaRelay.Relay.Feedback;

/// <summary>
/// What is known of the way to one viewer, and which of a source's encodings fits it: from transport-wide feedback where that was
/// negotiated, else from receiver reports alone. The way is estimated only while there are encodings to choose from. Encodings are
/// counted by rank here, from 0 for the smallest.
/// </summary>
internal sealed class ViewerPath(bool hasTransportFeedback)
{
    // A viewer should not begin with the smallest picture on a path that nearly always carries more; too much is noticed within 200 ms.
    private const long InitialBitsPerSecond = 1_000_000;

    // Encodings that stop for a moment, because an uplink shrank or a source changes, come back.
    private static readonly TimeSpan ChoiceMemory = TimeSpan.FromSeconds(10);

    private SendSideEstimator? _estimator;
    private ResendBudget? _resends;
    private LayerChooser? _byEstimate;
    private ReportLayerChooser? _byReports;
    private Timestamp _hadChoiceAt = Timestamp.Zero;
    private ushort _nextNumber;
    private int _firstRank;

    /// <summary>Packets are to be numbered.</summary>
    public bool IsEstimating => _estimator is not null;

    /// <summary>When <see cref="HandleTimeout"/> and the probes have something to do.</summary>
    public Timestamp NextTimeout => _byEstimate is not null && _estimator is not null ? _estimator.NextTimeout : Timestamp.Never;

    /// <summary>What fits; null where only reports tell, and where there is nothing to choose.</summary>
    public long? EstimateBitsPerSecond => _estimator?.TargetBitsPerSecond;

    /// <summary>The encoding that is sent is much too large for the way: what is sent until the chosen one begins only lengthens a queue.</summary>
    public bool IsUrgent => _byEstimate is { IsUrgent: true };

    /// <summary>
    /// The rank that a viewer begins with: what a usual path carries where feedback corrects it; the best where smaller ones are made on
    /// demand, or where only reports correct it.
    /// </summary>
    public static int FirstRank(ReadOnlySpan<long> rates, bool hasTransportFeedback, long fullRate)
    {
        if (!hasTransportFeedback || fullRate > 0)
        {
            return rates.Length - 1;
        }

        var rank = 0;
        while (rank + 1 < rates.Length && rates[rank + 1] <= InitialBitsPerSecond)
        {
            rank++;
        }

        return rank;
    }

    /// <summary>
    /// Follows what there is to choose from: begins to estimate the way, or ends it when there has been nothing for a while.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="rates">Bits per second of the encodings, smallest first.</param>
    /// <param name="fullRate">As <see cref="Forwarding.SourceLayers.FullRate"/>.</param>
    public void OnLayers(Timestamp now, ReadOnlySpan<long> rates, long fullRate)
    {
        if (!hasTransportFeedback)
        {
            return;
        }

        if (rates.Length > 1)
        {
            _hadChoiceAt = now;
            if (_estimator is null)
            {
                // With the largest picture that is shown already, or to begin with: a path is taken to carry it until it shows otherwise.
                var initial = Math.Max(InitialBitsPerSecond, (long)(fullRate * LayerChooser.WantedMargin));
                _estimator = new SendSideEstimator(Math.Min(initial, SendSideEstimator.MaxBitsPerSecond), _nextNumber);
                _resends = new ResendBudget();
                _byEstimate = null;
                _firstRank = FirstRank(rates, hasTransportFeedback, fullRate);
            }
        }
        else if (_estimator is not null && now - _hadChoiceAt > ChoiceMemory)
        {
            _estimator = null;
            _resends = null;
            _byEstimate = null;
        }
    }

    /// <summary>Numbers a packet that leaves now; only while <see cref="IsEstimating"/>.</summary>
    public ushort OnPacketSent(Timestamp now, int bytes)
    {
        var number = _estimator!.OnPacketSent(now, bytes);

        // The next estimator goes on from here: a receiver takes numbers that step back for packets that are late.
        _nextNumber = (ushort)(number + 1);
        return number;
    }

    /// <summary>Whether the path has room for a resend; without an estimate it always has.</summary>
    public bool HasRoomForResend(Timestamp now) => _resends is null || _resends.HasRoom(now, _estimator!.TargetBitsPerSecond);

    /// <summary>Charges a resend of so many bytes on the wire; <see cref="OnPacketSent"/> has counted them as sent already.</summary>
    public void OnResent(int bytes) => _resends?.Take(bytes);

    /// <summary>What was sent is given up; what comes next begins with resends as on a new path, for its key frame meets a full queue.</summary>
    public void OnPaused() => _resends?.Refill();

    public void OnFeedback(Timestamp now, in TransportFeedback feedback) => _estimator?.OnFeedback(now, feedback);

    /// <summary>Takes a receiver report on the picture; <paramref name="fractionLost"/> is in 1/256.</summary>
    public void OnReport(Timestamp now, byte fractionLost, TimeSpan? roundTrip, ReadOnlySpan<long> rates)
    {
        if (roundTrip is { } known)
        {
            _estimator?.OnRoundTrip(known);
        }

        if (rates.Length > 1)
        {
            _byReports?.OnReport(now, fractionLost, roundTrip, rates);
        }
    }

    /// <summary>The rank to send, of those whose rates are given, smallest first; <see cref="FirstRank"/> at first.</summary>
    /// <param name="now">The time.</param>
    /// <param name="rates">Bits per second.</param>
    /// <param name="sent">The rank that leaves now.</param>
    public int Choose(Timestamp now, ReadOnlySpan<long> rates, int sent)
    {
        if (_estimator is not { } estimator)
        {
            _byReports ??= new ReportLayerChooser(rates.Length - 1);
            return Math.Min(_byReports.MoveToPresent(rates), rates.Length - 1);
        }

        _byEstimate ??= new LayerChooser(Math.Min(_firstRank, rates.Length - 1));
        var rank = _byEstimate.Choose(now, estimator.TargetBitsPerSecond, reserved: 0, rates, sent);
        estimator.WantedBitsPerSecond = _byEstimate.WantedBitsPerSecond;
        return Math.Min(rank, rates.Length - 1);
    }

    public void HandleTimeout(Timestamp now)
    {
        if (_estimator is { } estimator && now >= estimator.NextTimeout)
        {
            estimator.HandleTimeout(now);
        }
    }

    /// <summary>Padding to send now, to learn whether more fits; to be called until false.</summary>
    public bool TryTakeProbe(Timestamp now, out ProbeBurst burst)
    {
        if (_byEstimate is not null && _estimator is { } estimator)
        {
            return estimator.TryTakeProbe(now, out burst);
        }

        burst = default;
        return false;
    }
}
