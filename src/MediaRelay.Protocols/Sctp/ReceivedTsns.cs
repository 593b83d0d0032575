using System.Runtime.InteropServices;

namespace MediaRelay.Protocols.Sctp;

/// <summary>Which TSNs have arrived: all up to a cumulative one, and ranges behind gaps.</summary>
internal sealed class ReceivedTsns
{
    /// <summary>
    /// Ranges behind gaps that are remembered. One SACK of 1,150 bytes reports 280; a peer whose packets are so torn must repeat
    /// some of them.
    /// </summary>
    public const int MaxRanges = 256;

    /// <summary>How far ahead of the cumulative TSN one may be: a gap block's offset has 16 bits, and nobody needs as much.</summary>
    public const int MaxAhead = 32_768;

    private readonly List<TsnRange> _ranges = [];

    public Tsn Cumulative { get; private set; }

    /// <summary>The highest TSN that has arrived.</summary>
    public Tsn Highest => _ranges.Count == 0 ? Cumulative : _ranges[^1].Last;

    public bool HasGaps => _ranges.Count > 0;

    public ReadOnlySpan<TsnRange> Ranges => CollectionsMarshal.AsSpan(_ranges);

    public void Start(Tsn first)
    {
        Cumulative = first - 1;
        _ranges.Clear();
    }

    public bool Contains(Tsn tsn)
    {
        if (tsn <= Cumulative)
        {
            return true;
        }

        var index = IndexOfLastNotAfter(tsn);
        return index >= 0 && _ranges[index].Last >= tsn;
    }

    /// <summary>Whether a TSN that has not arrived yet can be remembered.</summary>
    public bool HasRoomFor(Tsn tsn)
    {
        if (tsn - Cumulative > MaxAhead)
        {
            return false;
        }

        if (_ranges.Count < MaxRanges || tsn == Cumulative + 1)
        {
            return true;
        }

        var index = IndexOfLastNotAfter(tsn);
        return (index >= 0 && _ranges[index].Last + 1 == tsn)
            || (index + 1 < _ranges.Count && _ranges[index + 1].First == tsn + 1);
    }

    /// <summary>Remembers a TSN that is not contained and has room.</summary>
    public void Add(Tsn tsn)
    {
        if (tsn == Cumulative + 1)
        {
            Cumulative = tsn;
            AbsorbFirstRanges();
            return;
        }

        var index = IndexOfLastNotAfter(tsn);
        var joinsPrevious = index >= 0 && _ranges[index].Last + 1 == tsn;
        var joinsNext = index + 1 < _ranges.Count && _ranges[index + 1].First == tsn + 1;
        if (joinsPrevious && joinsNext)
        {
            _ranges[index] = new TsnRange(_ranges[index].First, _ranges[index + 1].Last);
            _ranges.RemoveAt(index + 1);
        }
        else if (joinsPrevious)
        {
            _ranges[index] = new TsnRange(_ranges[index].First, tsn);
        }
        else if (joinsNext)
        {
            _ranges[index + 1] = new TsnRange(tsn, _ranges[index + 1].Last);
        }
        else
        {
            _ranges.Insert(index + 1, new TsnRange(tsn, tsn));
        }
    }

    /// <summary>The peer has given up everything up to <paramref name="cumulative"/> (RFC 3758 §3.6).</summary>
    public void Forward(Tsn cumulative)
    {
        if (cumulative > Cumulative)
        {
            Cumulative = cumulative;
            AbsorbFirstRanges();
        }
    }

    private void AbsorbFirstRanges()
    {
        var absorbed = 0;
        while (absorbed < _ranges.Count && _ranges[absorbed].First <= Cumulative + 1)
        {
            if (_ranges[absorbed].Last > Cumulative)
            {
                Cumulative = _ranges[absorbed].Last;
            }

            absorbed++;
        }

        _ranges.RemoveRange(0, absorbed);
    }

    /// <summary>Index of the last range that does not begin after <paramref name="tsn"/>, or −1. Most arrive at the end.</summary>
    private int IndexOfLastNotAfter(Tsn tsn)
    {
        var index = _ranges.Count - 1;
        while (index >= 0 && _ranges[index].First > tsn)
        {
            index--;
        }

        return index;
    }
}
