using System.Runtime.InteropServices;

namespace MediaRelay.Floor;

/// <summary>
/// CPU time of the calling thread (clock_gettime, CLOCK_THREAD_CPUTIME_ID). getrusage would be cheaper, but tells what was booked at the
/// last tick: of work that begins when a timer wakes the thread, which is at a tick, it misses the first milliseconds every time.
/// </summary>
internal static partial class ThreadCpu
{
    private const int ThreadCpuTime = 3;

    public static double Seconds()
    {
        if (GetTime(ThreadCpuTime, out var time) != 0)
        {
            throw new InvalidOperationException($"clock_gettime failed with errno {Marshal.GetLastPInvokeError()}.");
        }

        return time.Seconds + (time.Nanoseconds / 1e9);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
