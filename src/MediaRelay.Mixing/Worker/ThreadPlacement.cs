using System.Globalization;
using System.Runtime.InteropServices;
using MediaRelay.Mixing.Link;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// Priority and CPUs of threads, which Linux keeps per thread and hands on to those that a thread starts; elsewhere the calls do
/// nothing. .NET's own thread priorities have no effect on Linux.
/// </summary>
internal static unsafe partial class ThreadPlacement
{
    /// <summary>The lowest priority: runs when nobody else wants to.</summary>
    public const int LowestNice = 19;

    private const string AutogroupFile = "/proc/self/autogroup";
    private const int PrioProcess = 0; // <sys/resource.h>: with id 0 the calling thread, see setpriority(2), "C library/kernel differences".
    private const int BitsPerWord = 64;
    private const int SetWords = (CpuSet.MaxCpu + 1) / BitsPerWord;

    /// <summary>
    /// Makes the calling thread, and those that it will start, give way to others. There is no way back without privileges.
    /// </summary>
    public static void SetNice(int nice)
    {
        if (OperatingSystem.IsLinux() && nice > 0 && SetPriority(PrioProcess, 0, nice) != 0)
        {
            Console.Error.WriteLine($"the priority could not be lowered to nice {nice}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>
    /// Gives the process a session of its own. Where Linux shares the CPUs between sessions first (autogroups, sched(7)), a nice value
    /// counts only among the threads of one, so without this a worker would be as urgent as the relay that started it.
    /// </summary>
    public static void LeadSession()
    {
        // It fails only for who leads one already.
        if (OperatingSystem.IsLinux())
        {
            _ = SetSession();
        }
    }

    /// <summary>How much the process's session gives way to others, 0–19; without effect where there are no autogroups.</summary>
    public static void SetSessionNice(int nice)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(AutogroupFile))
        {
            return;
        }

        try
        {
            File.WriteAllText(AutogroupFile, nice.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"the priority of the session could not be set to nice {nice}: {refused.Message}");
        }
    }

    /// <summary>Keeps all of the process's threads, and those that they will start, on <paramref name="cpus"/>.</summary>
    /// <exception cref="IOException">None of them can be used by this process.</exception>
    public static void SetCpus(CpuSet cpus)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var mask = stackalloc ulong[SetWords];
        new Span<ulong>(mask, SetWords).Clear();
        foreach (var cpu in cpus.Cpus)
        {
            mask[cpu / BitsPerWord] |= 1UL << (cpu % BitsPerWord);
        }

        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            var id = int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture);
            if (SetAffinity(id, SetWords * sizeof(ulong), mask) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchThread)
            {
                throw new IOException($"the worker cannot run on CPUs {cpus}: errno {error}");
            }
        }
    }

    /// <summary>What <c>top</c> and <c>ps</c> call this process; at most 15 bytes of it are kept.</summary>
    public static void SetProcessName(string name)
    {
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText($"/proc/self/task/{Environment.ProcessId}/comm", name);
        }
    }

    // <errno.h>: a thread ended between the listing and the call.
    private const int NoSuchThread = 3;

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int id, int nice);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetAffinity(int thread, nint length, ulong* mask);
}
