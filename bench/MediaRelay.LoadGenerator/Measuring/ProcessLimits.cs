using System.Globalization;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>
/// What bounds the number of viewers of one process: each has a UDP port and so a descriptor of its own. .NET lifts the soft limit of
/// descriptors to the hard one by itself.
/// </summary>
internal static class ProcessLimits
{
    // Descriptors and ports for HTTP, the runtime and whatever else uses the machine.
    private const int Reserve = 500;

    /// <summary>Null when so many sockets fit, else what does not and how to change it. Linux; elsewhere nothing is known.</summary>
    public static string? Check(int sockets) =>
        OperatingSystem.IsLinux()
            ? Check(sockets, File.ReadAllText("/proc/self/limits"), File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range"))
            : null;

    /// <summary>As above, from the texts of the two files.</summary>
    public static string? Check(int sockets, string limits, string portRange)
    {
        var files = limits.Split('\n').FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        if (files is not null && TryNumber(files["Max open files".Length..], 0, out var descriptors) && sockets + Reserve > descriptors)
        {
            return $"{sockets} viewers and hosts need {sockets + Reserve} descriptors; the process may have {descriptors} (ulimit -Hn).";
        }

        if (TryNumber(portRange, 0, out var first) && TryNumber(portRange, 1, out var last) && sockets + Reserve > last - first + 1)
        {
            return $"{sockets} viewers and hosts need {sockets + Reserve} UDP ports; the machine gives {last - first + 1} "
                + "(sysctl net.ipv4.ip_local_port_range).";
        }

        return null;
    }

    private static bool TryNumber(string text, int index, out int number)
    {
        number = 0;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length > index && int.TryParse(words[index], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
