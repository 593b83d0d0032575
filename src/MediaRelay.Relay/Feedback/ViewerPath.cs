using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;

namespace MediaRelay.Relay.Feedback;

/// <summary>
/// What is known of the way to one viewer, and which of a source's encodings fits it: from transport-wide feedback where that was
/// negotiated, else from receiver reports alone. Encodings are counted by rank here, from 0 for the smallest.
/// </summary>
internal sealed class ViewerPath
{
    // A viewer should not begin with the smallest picture on a path that nearly always carries more; too much is noticed within 200 ms.
    private const long InitialBitsPerSecond = 1_000_000;

    private readonly SendSideEstimator? _estimator;
    private readonly ResendBudget? _resends;
    private LayerChooser? _byEstimate;
    private ReportLayerChooser? _byReports;

    public ViewerPath(bool hasTransportFeedback)
    {
        if (hasTransportFeedback)
        {
            _estimator = new SendSideEstimator(InitialBitsPerSecond);
            _resends = new ResendBudget();
        }
    }

    /// <summary>When <see cref="HandleTimeout"/> and the probes have something to do.</summary>
    public Timestamp NextTimeout => _byEstimate is not null && _estimator is not null ? _estimator.NextTimeout : Timestamp.Never;

    /// <summary>What fits; null where only reports tell.</summary>
    public long? EstimateBitsPerSecond => _estimator?.TargetBitsPerSecond;

    /// <summary>The encoding that is sent is much too large for the way: what is sent until the chosen one begins only lengthens a queue.</summary>
    public bool IsUrgent => _byEstimate is { IsUrgent: true };

    public static int FirstRank(ReadOnlySpan<long> rates)
    {
        var rank = 0;
        while (rank + 1 < rates.Length && rates[rank + 1] <= InitialBitsPerSecond)
        {
            rank++;
        }

        return rank;
    }

    /// <summary>Numbers a packet that leaves now; only with transport-wide feedback.</summary>
    public ushort OnPacketSent(Timestamp now, int bytes) => _estimator!.OnPacketSent(now, bytes);

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

    /// <summary>
    /// The rank to send, of those whose rates are given, smallest first. The first choice is the one that a viewer starts with: what a
    /// usual path carries where feedback corrects it, the best where only reports do.
    /// </summary>
    /// <param name="sent">The rank that leaves now.</param>
    public int Choose(Timestamp now, ReadOnlySpan<long> rates, int sent)
    {
        if (_estimator is not { } estimator)
        {
            _byReports ??= new ReportLayerChooser(rates.Length - 1);
            return Math.Min(_byReports.MoveToPresent(rates), rates.Length - 1);
        }

        _byEstimate ??= new LayerChooser(FirstRank(rates));
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
