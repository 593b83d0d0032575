using System.Globalization;

namespace MediaRelay.Server.Tests.EndToEnd.Processes;

/// <summary>Finds a process's children by what Linux tells under <c>/proc</c>.</summary>
internal static class ChildProcesses
{
    /// <summary>Children of <paramref name="parent"/> whose command line has all of <paramref name="arguments"/>.</summary>
    public static IReadOnlyList<int> Find(int parent, params string[] arguments)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && ReadParent(id) == parent
                && arguments.All(ReadCommandLine(id).Contains))
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>What the process calls itself; empty when it has ended.</summary>
    public static string ReadName(int id) => ReadIfThere($"/proc/{id}/comm").TrimEnd('\n');

    private static int ReadParent(int id)
    {
        // "pid (name) state ppid …"; the name may contain anything, so count from its closing bracket (proc(5)).
        var stat = ReadIfThere($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;
    }

    private static string[] ReadCommandLine(int id) => ReadIfThere($"/proc/{id}/cmdline").Split('\0');

    private static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process ended between the listing and the reading.
            return "";
        }
    }
}
