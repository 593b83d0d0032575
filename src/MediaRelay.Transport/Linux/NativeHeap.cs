namespace MediaRelay.Transport.Linux;

/// <summary>The C library's heap, on which OpenSSL, SQLite, codecs and the runtime's compiler live.</summary>
public static class NativeHeap
{
    // malloc.h: M_ARENA_MAX
    private const int ArenaMax = -8;

    // Each keeps what the largest compilation or handshake on one of its threads once took, 5 to 10 MB, and glibc makes eight per core.
    // Nothing on the packet path allocates there, so threads do not wait for each other.
    private const int Arenas = 2;

    /// <summary>
    /// Has all threads share a few arenas. To be called before others start; without effect where the C library is not glibc.
    /// </summary>
    public static void ShareArenas()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = LibC.SetMallocOption(ArenaMax, Arenas);
        }
        catch (EntryPointNotFoundException)
        {
            // musl, whose heap has no arenas.
        }
    }
}
