using MediaRelay.LoadGenerator.Measuring;

namespace MediaRelay.LoadGenerator.Tests.Measuring;

public sealed class ProcessLimitsTests
{
    private const string Limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             64000                64000                processes
        Max open files            6000                 20000                files
        """;

    [Theory]
    [InlineData(5_000, "32768\t60999\n", null)]
    [InlineData(5_501, "32768\t60999\n", "the process may have 6000 (ulimit -Hn)")]
    [InlineData(5_000, "32768\t36000\n", "the machine gives 3233 (sysctl net.ipv4.ip_local_port_range)")]
    public void Check_Sockets_SaysWhatDoesNotFit(int sockets, string ports, string? expected)
    {
        var problem = ProcessLimits.Check(sockets, Limits, ports);
        Assert.Equal(expected is null, problem is null);
        Assert.Contains(expected ?? "", problem ?? "", StringComparison.Ordinal);
    }
}
