using System.Globalization;
using MediaRelay.Mixing.Link;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// Reads what Linux tells of CPUs, memory and processes (proc(5), cgroups(7)). Where it tells nothing, the answers are null or empty and
/// nothing is concluded from them.
/// </summary>
internal sealed class MachineReader(string procRoot, string cgroupRoot)
{
    // USER_HZ: 100 on every architecture that .NET runs on.
    private const int TicksPerSecond = 100;

    public static MachineReader OfThisMachine { get; } = new("/proc", "/sys/fs/cgroup");

    /// <summary>CPUs that this process may use.</summary>
    public IReadOnlyCollection<int> UsableCpus()
    {
        const string Label = "Cpus_allowed_list:";
        var line = ReadLines(Path.Combine(procRoot, "self/status")).FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        return line is not null && CpuSet.TryParse(line[Label.Length..].Trim(), out var set)
            ? set.Cpus
            : [.. Enumerable.Range(0, Environment.ProcessorCount)];
    }

    /// <summary>CPU time so far; null where it is not told.</summary>
    /// <param name="cpus">The CPUs that count; null for those that this process may use.</param>
    public MachineSample? ReadCpu(CpuSet? cpus)
    {
        var usable = UsableCpus();
        var counted = cpus is null ? [.. usable] : usable.Intersect(cpus.Cpus).ToHashSet();
        long idle = 0;
        var cores = 0;
        foreach (var line in ReadLines(Path.Combine(procRoot, "stat")))
        {
            // "cpu0 user nice system idle iowait …"
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 5 && fields[0].StartsWith("cpu", StringComparison.Ordinal) && int.TryParse(fields[0].AsSpan(3), out var cpu)
                && counted.Contains(cpu) && TryParse(fields[4], out var unused) && TryParse(fields[5], out var waiting))
            {
                idle += unused + waiting;
                cores++;
            }
        }

        return cores == 0 ? null : new MachineSample(ToTime(idle), cores, [.. ReadQuotas()]);
    }

    /// <summary>Memory that can be had without swapping, in bytes; null where it is not told.</summary>
    public long? ReadAvailableMemory()
    {
        const string Label = "MemAvailable:";
        var line = ReadLines(Path.Combine(procRoot, "meminfo")).FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        long? available = line is not null && TryParse(line[Label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), out var kilobytes)
            ? kilobytes * 1024
            : null;
        foreach (var group in Groups())
        {
            if (TryParse(ReadText(Path.Combine(group, "memory.max")), out var limit)
                && TryParse(ReadText(Path.Combine(group, "memory.current")), out var used))
            {
                available = Math.Min(available ?? long.MaxValue, Math.Max(0, limit - used));
            }
        }

        return available;
    }

    /// <summary>What a process has used so far; null when there is none with that id.</summary>
    public ProcessSample? ReadProcess(int id)
    {
        // "pid (name) state ppid …"; the name may contain anything, so count from its closing bracket. utime is the 14th field.
        var stat = ReadText(Path.Combine(procRoot, id.ToString(CultureInfo.InvariantCulture), "stat"));
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 21 && TryParse(fields[11], out var user) && TryParse(fields[12], out var system) && TryParse(fields[21], out var pages)
            ? new ProcessSample(ToTime(user + system), pages * Environment.SystemPageSize)
            : null;
    }

    private static TimeSpan ToTime(long ticks) => TimeSpan.FromTicks(ticks * (TimeSpan.TicksPerSecond / TicksPerSecond));

    private static bool TryParse(string text, out long value) =>
        long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static string ReadText(string path) => string.Join('\n', ReadLines(path));

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            // Another system, another cgroup version, or a process that has ended.
            return [];
        }
    }

    private IEnumerable<CpuQuota> ReadQuotas()
    {
        foreach (var group in Groups())
        {
            // "max 100000" or "150000 100000": microseconds of CPU per period.
            var limit = ReadText(Path.Combine(group, "cpu.max")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var usage = ReadLines(Path.Combine(group, "cpu.stat")).FirstOrDefault(line => line.StartsWith("usage_usec ", StringComparison.Ordinal));
            if (limit.Length == 2 && TryParse(limit[0], out var quota) && TryParse(limit[1], out var period) && period > 0
                && usage is not null && TryParse(usage["usage_usec ".Length..], out var used))
            {
                yield return new CpuQuota(group, (double)quota / period, TimeSpan.FromMicroseconds(used));
            }
        }
    }

    // This process's control group and all above it: each may have a bound.
    private IEnumerable<string> Groups()
    {
        var own = ReadLines(Path.Combine(procRoot, "self/cgroup")).FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal));
        for (var path = own?["0::".Length..].Trim('/'); path is not null; path = path.Length == 0 ? null : Path.GetDirectoryName(path) ?? "")
        {
            yield return Path.Combine(cgroupRoot, path);
        }
    }
}
