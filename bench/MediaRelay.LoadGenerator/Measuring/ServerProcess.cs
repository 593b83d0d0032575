using System.Globalization;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>CPU time and resident memory of another process, from /proc.</summary>
internal sealed class ServerProcess(int pid)
{
    // USER_HZ, which every Linux of today has at 100.
    private const double TicksPerSecond = 100;

    // Fields 14 and 15 of /proc/PID/stat, counted from the one after the name in parentheses.
    private const int UserTicks = 11;
    private const int SystemTicks = 12;

    /// <summary>False when there is no such process, or no /proc.</summary>
    public bool TryRead(out double cpuSeconds, out long rssBytes)
    {
        cpuSeconds = 0;
        rssBytes = 0;
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            cpuSeconds = (Number(fields[UserTicks]) + Number(fields[SystemTicks])) / TicksPerSecond;
            var rss = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            rssBytes = Number(rss["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) * 1024;
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
