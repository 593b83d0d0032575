namespace MediaRelay.Protocols.Payloads;

/// <summary>Bytes of the frame being put together; grows to the largest frame seen and stays there.</summary>
internal sealed class FrameBuffer(int maxLength)
{
    private const int InitialCapacity = 64 * 1024;

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(Math.Min(InitialCapacity, maxLength));

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>False when the frame would become longer than allowed; nothing is appended then.</summary>
    public bool TryAppend(ReadOnlySpan<byte> data)
    {
        var length = Length + data.Length;
        if (length > maxLength)
        {
            return false;
        }

        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Min(maxLength, Math.Max(length, _bytes.Length * 2)));
        }

        data.CopyTo(_bytes.AsSpan(Length));
        Length = length;
        return true;
    }
}
