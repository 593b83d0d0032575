using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MediaRelay.Protocols.Buffers;

/// <summary>
/// Asks the processor for memory ahead, so that it comes while something else is done: a hint, which changes nothing but the time.
/// Where packets go to hundreds of peers in turn, each peer's objects have left the near caches since the last time.
/// </summary>
public static unsafe class CacheLines
{
    private const int LineLength = 64;

    /// <summary>Asks for the first <paramref name="count"/> lines of an object; for none of null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(object? target, int count)
    {
        if (target is not null)
        {
            // The collector may move the object meanwhile: then lines came that nobody needs.
            Fetch((nint)Unsafe.AsPointer(ref Unsafe.As<StrongBox<byte>>(target).Value), count);
        }
    }

    /// <summary>Asks for <paramref name="count"/> lines; any address will do, also one that is no memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(nint address, int count)
    {
        if (Sse.IsSupported)
        {
            for (var i = 0; i < count; i++)
            {
                Sse.Prefetch0((byte*)address + (i * LineLength));
            }
        }
    }
}
