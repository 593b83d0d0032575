using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Sharing;

/// <summary>
/// Every share code in memory, a million of them in about 50 MB: their text lies in one byte array, merchants and
/// stores are numbered, and an open-addressing table finds a code with one or two probes. Not thread-safe.
/// </summary>
public sealed class ShareCodes
{
    /// <summary>How often a code may be passed on; a longer chain would be a loop by accident.</summary>
    public const int MaxDepth = 64;

    private const int Unregistered = -1;

    private readonly List<Row> _rows = [];
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _nameNumbers = [];
    private byte[] _text = new byte[1024];
    private int _textLength;
    private int[] _slots = new int[64];

    /// <summary>Registered codes.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a code or changes what it stands for.</summary>
    public void Set(ShareCodeEntry entry)
    {
        // A parent may follow its child when a store is read; its row waits unregistered until then.
        var parent = entry.ParentCode is { } code ? FindOrAdd(code.Value) : Unregistered;
        var index = FindOrAdd(entry.Code.Value);
        var rows = CollectionsMarshal.AsSpan(_rows);
        if (rows[index].Merchant == Unregistered)
        {
            Count++;
        }

        rows[index] = rows[index] with
        {
            Merchant = Number(entry.MerchantId.Value),
            Store = Number(entry.StoreId.Value),
            Guide = Append(entry.GuideId.Value),
            Parent = parent,
        };
    }

    public bool TryResolve(ShareCode code, [NotNullWhen(true)] out ShareCodeEntry? entry)
    {
        entry = null;
        var index = Find(code.Value);
        if (index < 0 || _rows[index].Merchant == Unregistered)
        {
            return false;
        }

        var row = _rows[index];
        entry = new ShareCodeEntry(
            code,
            MerchantId.Parse(_names[row.Merchant]),
            StoreId.Parse(_names[row.Store]),
            GuideId.Parse(TextAt(row.Guide)),
            row.Parent == Unregistered ? null : ShareCode.Parse(TextAt(_rows[row.Parent].Code)));
        return true;
    }

    /// <summary>1 for a guide's own code, one more for each time it was passed on; 0 for an unknown code.</summary>
    public int Depth(ShareCode code)
    {
        var depth = 0;
        var index = Find(code.Value);
        while (index >= 0 && _rows[index].Merchant != Unregistered && depth < MaxDepth)
        {
            depth++;
            index = _rows[index].Parent;
        }

        return depth;
    }

    /// <summary>The codes that a code was passed on through, the guide's own first; empty for an unknown code.</summary>
    public ShareChain Chain(ShareCode code)
    {
        var codes = new List<ShareCode>(2);
        var index = Find(code.Value);
        while (index >= 0 && _rows[index].Merchant != Unregistered && codes.Count < MaxDepth)
        {
            codes.Add(ShareCode.Parse(TextAt(_rows[index].Code)));
            index = _rows[index].Parent;
        }

        codes.Reverse();
        return ShareChain.Of(codes);
    }

    /// <summary>Whether a code is another one or passed on from it, over however many steps.</summary>
    public bool DescendsFrom(ShareCode code, ShareCode ancestor)
    {
        var target = Find(ancestor.Value);
        var steps = 0;
        for (var index = Find(code.Value); index >= 0 && steps <= MaxDepth; index = _rows[index].Parent, steps++)
        {
            if (index == target)
            {
                return true;
            }
        }

        return false;
    }

    private int Find(string code)
    {
        for (var slot = SlotOf(code); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            var index = _slots[slot] - 1;
            if (Ascii.Equals(BytesAt(_rows[index].Code), code))
            {
                return index;
            }
        }

        return -1;
    }

    private int FindOrAdd(string code)
    {
        var found = Find(code);
        if (found >= 0)
        {
            return found;
        }

        _rows.Add(new Row(Append(code), Unregistered, 0, 0, Unregistered));
        if (_rows.Count * 2 > _slots.Length)
        {
            Grow();
        }
        else
        {
            Occupy(code, _rows.Count - 1);
        }

        return _rows.Count - 1;
    }

    // At most half full, so that probing stays short.
    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var index = 0; index < _rows.Count; index++)
        {
            Occupy(TextAt(_rows[index].Code), index);
        }
    }

    private void Occupy(string code, int index)
    {
        var slot = SlotOf(code);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = index + 1;
    }

    // string.GetHashCode is seeded per process: codes chosen by strangers cannot be made to collide.
    private int SlotOf(string code) => code.GetHashCode(StringComparison.Ordinal) & (_slots.Length - 1);

    private int Number(string name)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_nameNumbers, name, out var exists);
        if (!exists)
        {
            number = _names.Count;
            _names.Add(name);
        }

        return number;
    }

    // One byte of length and the text; identifiers are ASCII and at most 64 characters long.
    private int Append(string text)
    {
        if (_textLength + 1 + text.Length > _text.Length)
        {
            Array.Resize(ref _text, _text.Length * 2);
        }

        var offset = _textLength;
        _text[offset] = (byte)text.Length;
        Encoding.ASCII.GetBytes(text, _text.AsSpan(offset + 1));
        _textLength += 1 + text.Length;
        return offset;
    }

    private ReadOnlySpan<byte> BytesAt(int offset) => _text.AsSpan(offset + 1, _text[offset]);

    private string TextAt(int offset) => Encoding.ASCII.GetString(BytesAt(offset));

    // Code and Guide are offsets into the text, Merchant and Store numbers of names, Parent a row.
    private readonly record struct Row(int Code, int Merchant, int Store, int Guide, int Parent);
}
