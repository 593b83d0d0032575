using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Broadcasts;

/// <summary>
/// Messages for everybody who watches a feed on one loop, given out in rounds. After a pause a message leaves at once; while more come,
/// each viewer gets what has gathered every 50 ms, so that its messages share packets, and a large room does not keep the loop from its
/// media: a round goes on from turn to turn. Every viewer gets every message, in the order of posting.
/// </summary>
internal sealed class BroadcastRounds(RelayShard shard)
{
    /// <summary>From one round's begin to the next's: what a message waits at most, on a loop that keeps up.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Messages that may gather; at the bound all viewers get them at once, whose own queues are bounded by bytes.</summary>
    public const int MaxMessages = 4_096;

    private readonly List<ViewerSession> _viewers = [];
    private readonly List<object> _messages = [];
    private long _first;
    private long _roundEnd;
    private int _cursor;
    private bool _isPending;
    private bool _isUnderWay;
    private Timestamp _nextRound = Timestamp.Zero;

    /// <summary>Every viewer of the feed on this loop, also those who take data only.</summary>
    public IReadOnlyList<ViewerSession> Viewers => _viewers;

    /// <summary>Messages that somebody has not got yet.</summary>
    public int Waiting => _messages.Count;

    /// <summary>When <see cref="Flush"/> has something to do.</summary>
    public Timestamp NextFlush => !_isPending ? Timestamp.Never : _isUnderWay ? Timestamp.Zero : _nextRound;

    private long End => _first + _messages.Count;

    /// <summary>The viewer gets what is posted from now on.</summary>
    public void Add(ViewerSession viewer)
    {
        viewer.HeardUpTo = End;
        _viewers.Add(viewer);
    }

    public void Remove(ViewerSession viewer)
    {
        var place = _viewers.IndexOf(viewer);
        if (place < 0)
        {
            return;
        }

        _viewers.RemoveAt(place);
        if (place < _cursor)
        {
            _cursor--;
        }
    }

    /// <summary>Takes a message for all viewers.</summary>
    public void Post(Timestamp now, object message)
    {
        if (_viewers.Count == 0)
        {
            return;
        }

        _messages.Add(message);
        if (_messages.Count >= MaxMessages)
        {
            foreach (var viewer in _viewers)
            {
                Tell(now, viewer);
            }

            Forget(End);
        }

        if (!_isPending)
        {
            _isPending = true;
            shard.AddPending(this);
        }
    }

    /// <summary>Gives a viewer everything that was posted up to now.</summary>
    public void Tell(Timestamp now, ViewerSession viewer)
    {
        for (; viewer.HeardUpTo < End; viewer.HeardUpTo++)
        {
            viewer.Hear(now, _messages[(int)(viewer.HeardUpTo - _first)]);
        }
    }

    /// <summary>
    /// Goes on with the round, or begins one that is due, for as many viewers as <paramref name="budget"/> allows; true when nothing waits
    /// any more, else it is to be called again (at <see cref="NextFlush"/>).
    /// </summary>
    public bool Flush(Timestamp now, ref int budget)
    {
        if (!_isUnderWay)
        {
            if (now < _nextRound)
            {
                return false;
            }

            _isUnderWay = true;
            _roundEnd = End;
            _nextRound = now + Interval;
            _cursor = 0;
        }

        for (; _cursor < _viewers.Count && budget > 0; budget--)
        {
            Tell(now, _viewers[_cursor++]);
        }

        if (_cursor < _viewers.Count)
        {
            return false;
        }

        _isUnderWay = false;
        Forget(_roundEnd);
        _isPending = _messages.Count > 0;
        return !_isPending;
    }

    private void Forget(long upTo)
    {
        _messages.RemoveRange(0, (int)Math.Max(0, upTo - _first));
        _first = Math.Max(_first, upTo);
    }
}
