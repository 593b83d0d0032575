namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Media</c>: the one UDP port that carries all media of all peers.</summary>
internal sealed class MediaOptions
{
    public const string Section = "MediaRelay:Media";

    /// <summary>UDP port, 0–65535; 0 takes any free one. One port, so that a firewall needs one rule.</summary>
    public int Port { get; set; } = 7882;

    /// <summary>IPv4 or IPv6 address that the port is bound to. Default: every IPv4 address of the machine.</summary>
    public string BindAddress { get; set; } = "0.0.0.0";

    /// <summary>
    /// What candidates announce, <c>address</c> or <c>address:port</c> (<c>[v6]:port</c>). Given entries replace the default,
    /// which is loopback plus the machine's own addresses: behind NAT only the operator knows the outside address.
    /// </summary>
    public List<string> PublicAddresses { get; set; } = [];

    /// <summary>Relay loops (threads with a socket each), 0–256; 0 = one per core.</summary>
    public int Loops { get; set; }

    /// <summary>
    /// Linux: a viewer's equally long packets leave as one message and bursts are taken whole (UDP_SEGMENT, UDP_GRO), where the kernel
    /// has them; false sends and receives every packet on its own, to compare.
    /// </summary>
    public bool Segmentation { get; set; } = true;
}
