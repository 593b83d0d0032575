using System.Runtime.InteropServices;

namespace MediaRelay.Floor;

/// <summary>CPU time of the calling thread (getrusage, RUSAGE_THREAD).</summary>
internal static partial class ThreadCpu
{
    private const int RusageThread = 1;

    public static double Seconds()
    {
        if (GetUsage(RusageThread, out var usage) != 0)
        {
            throw new InvalidOperationException($"getrusage failed with errno {Marshal.GetLastPInvokeError()}.");
        }

        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetUsage(int who, out Usage usage);

    // struct rusage: two timevals, then fourteen counters that are not looked at.
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
