namespace MediaRelay.Protocols.Srtp;

/// <summary>The SSRCs of one direction of a session. Bounded, because each authentic new SSRC costs memory.</summary>
internal sealed class SrtpSources
{
    public const int Capacity = 64;

    // Apart from the objects, so that a search stays in one cache line.
    private uint[] _ssrcs = new uint[4];
    private SrtpSource[] _sources = new SrtpSource[4];
    private int _count;
    private SrtpSource? _last;

    public bool IsFull => _count == Capacity;

    public SrtpSource? Find(uint ssrc)
    {
        if (_last?.Ssrc == ssrc)
        {
            return _last;
        }

        // A handful in practice; a scan is shorter than hashing.
        var index = _ssrcs.AsSpan(0, _count).IndexOf(ssrc);
        return index < 0 ? null : _last = _sources[index];
    }

    /// <summary>Adds a source that <see cref="Find"/> does not know, while not <see cref="IsFull"/>.</summary>
    public void Add(SrtpSource source)
    {
        if (IsFull)
        {
            throw new InvalidOperationException($"An SRTP direction has at most {Capacity} SSRCs.");
        }

        if (_count == _sources.Length)
        {
            Array.Resize(ref _ssrcs, _count * 2);
            Array.Resize(ref _sources, _count * 2);
        }

        _ssrcs[_count] = source.Ssrc;
        _sources[_count++] = source;
        _last = source;
    }
}
