using System.Runtime.CompilerServices;

namespace MediaRelay.Protocols.Stun;

/// <summary>A short list of attribute types, in place: what a 420 response names (RFC 8489 §14.13).</summary>
public struct StunUnknownAttributes
{
    /// <summary>A peer that sends more unknown attributes than this hears of the first ones only.</summary>
    public const int MaxCount = 8;

    private Types _types;

    public int Count { get; private set; }

    public readonly ushort this[int index] =>
        (uint)index < (uint)Count ? _types[index] : throw new ArgumentOutOfRangeException(nameof(index), index, "past the end");

    internal void Add(ushort type)
    {
        if (Count < MaxCount)
        {
            _types[Count++] = type;
        }
    }

    [InlineArray(MaxCount)]
    private struct Types
    {
        private ushort _first;
    }
}
