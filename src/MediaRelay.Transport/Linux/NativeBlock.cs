using System.Runtime.InteropServices;

namespace MediaRelay.Transport.Linux;

/// <summary>Native memory for the system calls' structures, released together.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private readonly List<nint> _blocks = [];

    public T* Take<T>(int count)
        where T : unmanaged
    {
        var block = (T*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(T)), 64);
        NativeMemory.Clear(block, (nuint)(count * sizeof(T)));
        _blocks.Add((nint)block);
        return block;
    }

    /// <summary>Space that is not cleared, so that pages which are never used cost no memory.</summary>
    public byte* TakeSpace(int bytes)
    {
        var block = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        _blocks.Add((nint)block);
        return block;
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            NativeMemory.AlignedFree((void*)block);
        }

        _blocks.Clear();
    }
}
