using System.Buffers;

namespace MediaRelay.Protocols.Rtp;

/// <summary>The characters that mid and rid may have: <c>token</c> of RFC 8866 §9.</summary>
internal static class StreamToken
{
    private static readonly SearchValues<byte> Characters = SearchValues.Create(
        "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    public static bool IsValid(ReadOnlySpan<byte> value, int maxLength) =>
        !value.IsEmpty && value.Length <= maxLength && !value.ContainsAnyExcept(Characters);
}
