using System.Runtime.InteropServices;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>A packet whose feedback is awaited: 8 bytes, as every viewer keeps a thousand of them.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SentPacket
{
    /// <summary>Low 32 bits of the send time in microseconds; wraps after 71 minutes.</summary>
    public uint SentMicroseconds;

    /// <summary>UDP payload bytes.</summary>
    public ushort Bytes;

    /// <summary>The probe cluster that it is part of; 0 for none.</summary>
    public byte Cluster;

    public SentPacketState State;
}
