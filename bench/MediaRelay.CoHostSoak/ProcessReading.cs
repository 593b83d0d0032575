using System.Globalization;

namespace MediaRelay.CoHostSoak;

/// <summary>What a process holds at one moment.</summary>
internal readonly record struct ProcessReading(double ResidentMiB, int Threads, int Descriptors)
{
    /// <summary>From /proc; null when there is no such process (any more).</summary>
    public static ProcessReading? Of(int id)
    {
        try
        {
            var status = File.ReadAllLines($"/proc/{id}/status");
            return new ProcessReading(
                Number(status, "VmRSS:") / 1024.0, (int)Number(status, "Threads:"), Directory.GetFiles($"/proc/{id}/fd").Length);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The processes that call themselves so and were started by <paramref name="parent"/>, oldest first.</summary>
    public static IReadOnlyList<int> FindChildren(int parent, string name)
    {
        var found = new List<(long StartedAt, int Id)>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && TryReadChild(id, parent, name, out var startedAt))
            {
                found.Add((startedAt, id));
            }
        }

        return [.. found.Order().Select(child => child.Id)];
    }

    // Numbers of processes begin anew at some point, so only the time tells which is older.
    private static bool TryReadChild(int id, int parent, string name, out long startedAt)
    {
        const int Parent = 1;
        const int StartTime = 19;
        startedAt = 0;
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            startedAt = long.Parse(fields[StartTime], CultureInfo.InvariantCulture);
            return int.Parse(fields[Parent], CultureInfo.InvariantCulture) == parent
                && stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..].StartsWith(name, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }

    private static long Number(string[] status, string key)
    {
        var line = Array.Find(status, line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
