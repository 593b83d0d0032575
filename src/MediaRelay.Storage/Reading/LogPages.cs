namespace MediaRelay.Storage.Reading;

/// <summary>A long list of numbered rows, read a page at a time and looked at one by one.</summary>
/// <param name="read">The next rows behind a number, in order; none at the end.</param>
internal sealed class LogPages<TRow>(Func<long, List<TRow>> read)
    where TRow : class
{
    private List<TRow> _page = [];
    private int _next;
    private long _last;

    /// <summary>The next row, or null at the end.</summary>
    /// <param name="numberOf">Tells a row's number.</param>
    public TRow? Peek(Func<TRow, long> numberOf)
    {
        if (_next == _page.Count)
        {
            _last = _page.Count == 0 ? _last : numberOf(_page[^1]);
            _page = read(_last);
            _next = 0;
        }

        return _page.Count == 0 ? null : _page[_next];
    }

    public void Take() => _next++;
}

