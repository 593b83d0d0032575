using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MediaRelay.Mixing.Video;

/// <summary>
/// A picture of ours in I420, in one block of native memory with rows packed as encoders expect them. Counted
/// references: who gets it disposes it once, and <see cref="Retain"/> adds an owner; at the last one it returns to its
/// pool. Written only by its first owner, before it is shared.
/// </summary>
internal sealed unsafe class CanvasPicture : IDisposable
{
    // A cache line, so that vector stores of a row do not straddle two.
    private const nuint Alignment = 64;

    private readonly CanvasPool _pool;
    private readonly byte* _memory;
    private GCHandle _self;
    private int _references;

    internal CanvasPicture(CanvasPool pool, int width, int height)
    {
        _pool = pool;
        Width = width;
        Height = height;
        Length = width * height * 3 / 2;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Length, Alignment);
        _self = GCHandle.Alloc(this);
    }

    /// <summary>Even.</summary>
    public int Width { get; }

    /// <summary>Even.</summary>
    public int Height { get; }

    /// <summary>Bytes of all three planes, which follow each other.</summary>
    public int Length { get; }

    public Span<byte> Y => new(_memory, Width * Height);

    public Span<byte> U => new(_memory + (Width * Height), Width * Height / 4);

    public Span<byte> V => new(_memory + (Width * Height * 5 / 4), Width * Height / 4);

    public PictureView View => new(Width, Height, Y, Width, U, Width / 2, V, Width / 2);

    /// <summary>Address of the first byte, for native code.</summary>
    internal byte* Memory => _memory;

    /// <summary>Identifies this picture to <see cref="ReleaseFromNative"/>.</summary>
    internal nint Handle => GCHandle.ToIntPtr(_self);

    public CanvasPicture Retain()
    {
        var references = Interlocked.Increment(ref _references);
        Debug.Assert(references > 1, "retained after return");
        return this;
    }

    public void Dispose()
    {
        var references = Interlocked.Decrement(ref _references);
        if (references == 0)
        {
            _pool.Return(this);
        }
        else if (references < 0)
        {
            throw new InvalidOperationException("A canvas picture was returned twice.");
        }
    }

    internal void Reset() => _references = 1;

    internal void Free()
    {
        _self.Free();
        NativeMemory.AlignedFree(_memory);
    }

    /// <summary>Gives up the reference that native code held.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static void ReleaseFromNative(nint handle) => ((CanvasPicture)GCHandle.FromIntPtr(handle).Target!).Dispose();
}
