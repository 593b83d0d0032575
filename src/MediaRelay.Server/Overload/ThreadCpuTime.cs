using System.Runtime.InteropServices;

namespace MediaRelay.Server.Overload;

/// <summary>CPU time of the calling thread. The loop's own measure of its turns counts waiting for a core as work.</summary>
internal static class ThreadCpuTime
{
    // <time.h> of Linux: CLOCK_THREAD_CPUTIME_ID.
    private const int ThreadClock = 3;

    /// <summary>What the calling thread has used so far; null where the system does not tell.</summary>
    public static TimeSpan? Read() =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && ClockGetTime(ThreadClock, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : null;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    /// <summary><c>struct timespec</c> with 64-bit members.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
