using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// Memory for keys outside the collected heap: aligned, and never copied by the collector, so that wiping it, which disposal does,
/// leaves nothing behind.
/// </summary>
internal sealed unsafe class KeyMemory : SafeHandle
{
    private const int Alignment = 64;

    private readonly int _length;

    /// <param name="length">In bytes; the content is undefined.</param>
    public KeyMemory(int length)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _length = length;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)length, Alignment));
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Valid until disposal or, if there is none, as long as the object is reachable.</summary>
    public byte* Pointer => (byte*)handle;

    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>(Pointer, _length));
        NativeMemory.AlignedFree(Pointer);
        return true;
    }
}
