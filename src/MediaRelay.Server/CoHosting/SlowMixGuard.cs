using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// Decides from a mixer's reports whether it is too slow. Pure: reports and time are arguments. Slow is a mixer of whose pictures more
/// than a fifth were left out, by the canvas clock or by an encoder, in each of three seconds.
/// </summary>
internal sealed class SlowMixGuard(SlowMixPolicy policy)
{
    private const double SlowShare = 0.2;
    private const double CalmShare = 0.02;
    private const int SlowSeconds = 3;

    // Reports also come in between, when a host appears; of less than this a share says nothing.
    private static readonly TimeSpan Second = TimeSpan.FromMilliseconds(900);

    // What a session's start costs the machine is not the session's.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstReturn = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestReturn = TimeSpan.FromMinutes(5);

    private MixerStats? _before;
    private Timestamp _beganAt;
    private Timestamp _beforeAt;
    private Timestamp? _calmSince;
    private Timestamp? _restoredAt;
    private TimeSpan _returnAfter = FirstReturn;
    private int _slowSeconds;
    private bool _isTold;

    /// <summary>The frame rate is halved.</summary>
    public bool IsHalved { get; private set; }

    /// <summary>Takes a report; the step that it asks for is to be taken at once.</summary>
    public SlowMixStep Add(Timestamp now, MixerStats stats)
    {
        if (_before is not { } before)
        {
            (_before, _beganAt, _beforeAt) = (stats, now, now);
            return SlowMixStep.None;
        }

        if (now - _beforeAt < Second)
        {
            return SlowMixStep.None;
        }

        var due = Math.Max(1, stats.Ticks - before.Ticks);
        var skipped = (double)(stats.FramesSkippedByEncoder - before.FramesSkippedByEncoder) / Math.Max(1, stats.Encoders);
        var share = (stats.FramesLate - before.FramesLate + skipped) / due;
        (_before, _beforeAt) = (stats, now);
        if (now - _beganAt < Grace)
        {
            return SlowMixStep.None;
        }

        _slowSeconds = share > SlowShare ? _slowSeconds + 1 : 0;
        _calmSince = share < CalmShare ? _calmSince ?? now : null;
        return _slowSeconds >= SlowSeconds ? StepDown(now) : _calmSince is { } since ? StepUp(now, now - since) : SlowMixStep.None;
    }

    private SlowMixStep StepDown(Timestamp now)
    {
        if (policy == SlowMixPolicy.End)
        {
            return SlowMixStep.End;
        }

        if (policy == SlowMixPolicy.Halve && !IsHalved)
        {
            // A rate that was given back and has to be taken again was given back too early.
            if (_restoredAt is { } restored && now - restored < 2 * _returnAfter)
            {
                var longer = 2 * _returnAfter;
                _returnAfter = longer < LongestReturn ? longer : LongestReturn;
            }

            (IsHalved, _isTold, _slowSeconds) = (true, false, 0);
            return SlowMixStep.Halve;
        }

        if (_isTold)
        {
            return SlowMixStep.None;
        }

        _isTold = true;
        return SlowMixStep.Announce;
    }

    private SlowMixStep StepUp(Timestamp now, TimeSpan calm)
    {
        if (calm < _returnAfter)
        {
            return SlowMixStep.None;
        }

        _isTold = false;
        if (!IsHalved)
        {
            if (calm >= LongestReturn)
            {
                _returnAfter = FirstReturn;
            }

            return SlowMixStep.None;
        }

        (IsHalved, _restoredAt, _calmSince) = (false, now, null);
        return SlowMixStep.Restore;
    }
}
