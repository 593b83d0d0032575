using System.Text;
using MediaRelay.Protocols.Stun;

namespace MediaRelay.Protocols.Ice;

/// <summary>USERNAME of a connectivity check: "receiver's fragment:sender's fragment" (RFC 8445 §7.2.2).</summary>
public static class IceUsername
{
    /// <summary>
    /// Takes the fragment before ':' of a Binding request's USERNAME, by which a datagram from a new address finds its session. Nothing
    /// is authenticated yet. False when the datagram is no Binding request or names no fragment.
    /// </summary>
    public static bool TryReadLocalUfrag(ReadOnlySpan<byte> stunDatagram, out ReadOnlySpan<byte> utf8Ufrag)
    {
        utf8Ufrag = default;
        return StunMessage.TryParse(stunDatagram, out var message)
            && message.Type == StunMessageType.BindingRequest
            && TrySplit(message.Username, out utf8Ufrag, out _);
    }

    /// <summary>True when <paramref name="username"/> is addressed to <paramref name="local"/> and, unless null, comes from <paramref name="remote"/>.</summary>
    internal static bool Matches(ReadOnlySpan<byte> username, string local, string? remote) =>
        TrySplit(username, out var localPart, out var remotePart)
        && EqualsText(localPart, local)
        && (remote is null || EqualsText(remotePart, remote));

    private static bool TrySplit(ReadOnlySpan<byte> username, out ReadOnlySpan<byte> local, out ReadOnlySpan<byte> remote)
    {
        var colon = username.IndexOf((byte)':');
        local = colon < 0 ? default : username[..colon];
        remote = colon < 0 ? default : username[(colon + 1)..];
        return colon > 0;
    }

    private static bool EqualsText(ReadOnlySpan<byte> utf8, string text) => Ascii.Equals(utf8, text);
}
