using System.Buffers;
using System.Runtime.CompilerServices;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// A first-in first-out queue of structs whose members can be changed in place. It keeps a small array of its own, and above that
/// rents one until it is empty again, so that thousands of idle associations hold next to nothing. A mutable struct: keep it in a
/// field that is not readonly.
/// </summary>
internal struct RingQueue<T>
{
    private const int FirstCapacity = 8;

    /// <summary>32: what a flush of small messages needs, so that steady traffic neither allocates nor rents.</summary>
    private const int RetainedCapacity = 32;

    private T[]? _own;
    private T[]? _items;
    private int _capacity;
    private int _head;

    public int Count { get; private set; }

    public readonly ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _items![(_head + index) & (_capacity - 1)];
        }
    }

    public void Enqueue(in T item)
    {
        if (Count == _capacity)
        {
            Grow();
        }

        _items![(_head + Count) & (_capacity - 1)] = item;
        Count++;
    }

    public T Dequeue()
    {
        ref var slot = ref this[0];
        var item = slot;
        slot = default!;
        _head = (_head + 1) & (_capacity - 1);
        Count--;
        if (Count == 0)
        {
            ReturnRented();
        }

        return item;
    }

    public void Clear()
    {
        while (Count > 0)
        {
            Dequeue();
        }
    }

    private void Grow()
    {
        var capacity = _capacity == 0 ? FirstCapacity : _capacity * 2;
        var items = capacity <= RetainedCapacity ? new T[capacity] : ArrayPool<T>.Shared.Rent(capacity);
        for (var i = 0; i < Count; i++)
        {
            items[i] = this[i];
        }

        if (capacity <= RetainedCapacity)
        {
            _own = items;
        }
        else if (ReferenceEquals(_items, _own))
        {
            Array.Clear(_own!);
        }
        else
        {
            Return(_items!);
        }

        _items = items;
        _capacity = capacity;
        _head = 0;
    }

    private void ReturnRented()
    {
        _head = 0;
        if (!ReferenceEquals(_items, _own))
        {
            Return(_items!);
            _items = _own;
            _capacity = _own!.Length;
        }
    }

    private static void Return(T[] items) =>
        ArrayPool<T>.Shared.Return(items, clearArray: RuntimeHelpers.IsReferenceOrContainsReferences<T>());
}
