using MediaRelay.Protocols.Drops;

namespace MediaRelay.Protocols.Dtls;

/// <summary>What a <see cref="DtlsEvent"/> says.</summary>
public enum DtlsEventKind
{
    /// <summary>The handshake is over and the peer is who it should be.</summary>
    Connected,

    /// <summary>There is no connection any more, or never was.</summary>
    Failed,

    /// <summary>The peer has sent close_notify.</summary>
    Closed,
}

/// <summary>Something that happened to a <see cref="DtlsTransport"/>.</summary>
/// <param name="Kind">What.</param>
/// <param name="Drop">With <see cref="DtlsEventKind.Failed"/>: under which reason to count it.</param>
/// <param name="Detail">With <see cref="DtlsEventKind.Failed"/>: why, for a log.</param>
public readonly record struct DtlsEvent(DtlsEventKind Kind, DropReason? Drop = null, string? Detail = null);
