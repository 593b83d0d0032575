using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MediaRelay.Mixing.Link;

/// <summary>CPUs of the machine by number, as <c>4-15,17</c>; not empty.</summary>
public sealed class CpuSet
{
    /// <summary>Highest number: what the kernel's own set of 1,024 holds (sched_setaffinity(2)).</summary>
    public const int MaxCpu = 1023;

    /// <summary>What a text may be, for messages.</summary>
    public const string Allowed = "CPU numbers and ranges from 0 to 1023 with commas, as 4-15,17";

    private CpuSet(ImmutableSortedSet<int> cpus) => Cpus = cpus;

    public ImmutableSortedSet<int> Cpus { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out CpuSet? set)
    {
        var cpus = ImmutableSortedSet.CreateBuilder<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !TryParseCpu(ends[0], out var first) || !TryParseCpu(ends[^1], out var last) || first > last)
            {
                set = null;
                return false;
            }

            for (var cpu = first; cpu <= last; cpu++)
            {
                cpus.Add(cpu);
            }
        }

        set = new CpuSet(cpus.ToImmutable());
        return true;
    }

    /// <summary>One number after the other, with commas.</summary>
    public override string ToString() => string.Join(',', Cpus.Select(cpu => cpu.ToString(CultureInfo.InvariantCulture)));

    private static bool TryParseCpu(string text, out int cpu) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cpu) && cpu <= MaxCpu;
}
