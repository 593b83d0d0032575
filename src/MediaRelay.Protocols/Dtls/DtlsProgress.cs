namespace MediaRelay.Protocols.Dtls;

/// <summary>What came of one step of a <see cref="DtlsSession"/>.</summary>
internal enum DtlsProgress
{
    /// <summary>The step is finished.</summary>
    Done,

    /// <summary>It needs another datagram.</summary>
    Waiting,

    /// <summary>The peer has sent close_notify.</summary>
    Closed,

    /// <summary>The connection is lost; OpenSSL's error queue says why.</summary>
    Failed,
}
