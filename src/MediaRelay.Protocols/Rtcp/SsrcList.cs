using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>The sources that a packet names; <c>foreach</c> works without allocating.</summary>
public readonly ref struct SsrcList
{
    private readonly ReadOnlySpan<byte> _data;

    internal SsrcList(ReadOnlySpan<byte> data) => _data = data;

    public int Count => _data.Length / sizeof(uint);

    public Ssrc this[int index] => new(BinaryPrimitives.ReadUInt32BigEndian(_data.Slice(index * sizeof(uint), sizeof(uint))));

    public Enumerator GetEnumerator() => new(this);

    public ref struct Enumerator
    {
        private readonly SsrcList _list;
        private int _index;

        internal Enumerator(SsrcList list)
        {
            _list = list;
            _index = -1;
        }

        public readonly Ssrc Current => _list[_index];

        public bool MoveNext() => ++_index < _list.Count;
    }
}
