using MediaRelay.Testing;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>The network between the hosts and the relay.</summary>
public enum Uplink
{
    /// <summary>Loopback.</summary>
    Perfect,

    /// <summary>20 ms there and back, and up to 30 ms more for each datagram on its way to the relay; none overtakes another.</summary>
    Jitter,

    /// <summary>20 ms there and back, and one datagram in fifty is lost in either direction.</summary>
    Loss,
}

/// <summary>What an <see cref="Uplink"/> is on a link.</summary>
internal static class UplinkConditions
{
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(10);

    public static void Set(this UdpLink link, Uplink uplink)
    {
        link.Configure(conditions =>
        {
            conditions.Delay = uplink == Uplink.Perfect ? TimeSpan.Zero : OneWay;
            conditions.Loss = uplink == Uplink.Loss ? 0.02 : 0;
        });
        link.ConfigureToServer(conditions => conditions.Jitter = uplink == Uplink.Jitter ? TimeSpan.FromMilliseconds(30) : TimeSpan.Zero);
    }
}
