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
        var found = new List<int>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && IsChild(id, parent, name))
            {
                found.Add(id);
            }
        }

        return [.. found.Order()];
    }

    private static bool IsChild(int id, int parent, string name)
    {
        try
        {
            var status = File.ReadAllLines($"/proc/{id}/status");
            return Number(status, "PPid:") == parent && File.ReadAllText($"/proc/{id}/comm").StartsWith(name, StringComparison.Ordinal);
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
