namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// A piece of a probe, to be sent now.
/// </summary>
/// <param name="Cluster">The probe it belongs to, 1–255; for traces only, as the estimator knows which packets are part
/// of it.</param>
/// <param name="Bytes">How much to send at once, in UDP payload bytes, at least one packet. A few more do no harm; what
/// is missing, the next burst asks for.</param>
/// <param name="MaxPacketBytes">Larger packets would make the probe too few packets to measure with. Payload-less
/// packets carry at most 255 bytes of padding anyway (RFC 3550 §5.1).</param>
public readonly record struct ProbeBurst(byte Cluster, int Bytes, int MaxPacketBytes);
