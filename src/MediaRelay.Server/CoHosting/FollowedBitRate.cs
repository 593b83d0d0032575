using MediaRelay.Protocols.Time;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// A bit rate that follows what is asked for without pumping: down when less is asked for two seconds long, up in small steps when more is
/// asked for five, not for ten seconds after it went down, and never twice in two seconds. Pure.
/// </summary>
internal sealed class FollowedBitRate
{
    // An estimate is cut to 85 % by a single congested moment and grows back within two seconds; 5 % is nothing that anybody sees.
    private const double DownMargin = 0.95;
    private const double UpMargin = 1.1;
    private const double LargestRise = 1.25;
    private static readonly TimeSpan DownHold = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UpHold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFall = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeastDistance = TimeSpan.FromSeconds(2);

    private readonly long _least;
    private readonly long _most;
    private Timestamp? _lessSince;
    private Timestamp? _moreSince;
    private Timestamp? _changedAt;
    private Timestamp? _fellAt;

    public FollowedBitRate(long least, long most)
    {
        _least = least;
        _most = most;
        BitsPerSecond = most;
    }

    /// <summary>Bits per second; the most that is allowed at first.</summary>
    public long BitsPerSecond { get; private set; }

    /// <summary>Takes what is asked for now; true when the rate is another one from now on.</summary>
    public bool Update(Timestamp now, long wanted)
    {
        wanted = Math.Clamp(wanted, _least, _most);
        _lessSince = wanted < BitsPerSecond * DownMargin ? _lessSince ?? now : null;

        // The last step up may be a small one.
        _moreSince = wanted > BitsPerSecond * UpMargin || (wanted == _most && BitsPerSecond < _most) ? _moreSince ?? now : null;
        if (_changedAt is { } changed && now - changed < LeastDistance)
        {
            return false;
        }

        if (_lessSince is { } less && now - less >= DownHold)
        {
            _fellAt = now;
            Change(now, wanted);
            return true;
        }

        if (_moreSince is { } more && now - more >= UpHold && (_fellAt is not { } fell || now - fell >= AfterFall))
        {
            Change(now, Math.Min(wanted, (long)(BitsPerSecond * LargestRise)));
            return true;
        }

        return false;
    }

    private void Change(Timestamp now, long bitsPerSecond)
    {
        BitsPerSecond = bitsPerSecond;
        _changedAt = now;
        _lessSince = null;
        _moreSince = null;
    }
}
