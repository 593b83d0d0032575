namespace MediaRelay.Protocols.Rtcp;

/// <summary>The report blocks of a report, 0–31; <c>foreach</c> works without allocating.</summary>
public readonly ref struct ReportBlockList
{
    private readonly ReadOnlySpan<byte> _blocks;

    internal ReportBlockList(ReadOnlySpan<byte> blocks) => _blocks = blocks;

    public int Count => _blocks.Length / ReportBlock.Length;

    public ReportBlock this[int index] => ReportBlock.Read(_blocks.Slice(index * ReportBlock.Length, ReportBlock.Length));

    public Enumerator GetEnumerator() => new(this);

    public ref struct Enumerator
    {
        private readonly ReportBlockList _list;
        private int _index;

        internal Enumerator(ReportBlockList list)
        {
            _list = list;
            _index = -1;
        }

        public readonly ReportBlock Current => _list[_index];

        public bool MoveNext() => ++_index < _list.Count;
    }
}
