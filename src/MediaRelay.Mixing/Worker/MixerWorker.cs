namespace MediaRelay.Mixing.Worker;

/// <summary>The worker's entry point: what the server's executable does when its first argument is <see cref="Verb"/>.</summary>
public static class MixerWorker
{
    /// <summary>First argument of a worker process.</summary>
    public const string Verb = "mixer-worker";

    private const int UsageError = 64; // EX_USAGE of sysexits.h

    /// <summary>
    /// Runs as a worker until the relay closes the link; returns the process's exit code. <paramref name="args"/> may begin with
    /// <see cref="Verb"/>.
    /// </summary>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await Console.Error.WriteLineAsync($"usage: {Verb} run SOCKET | probe | slate …, started by the relay");
        return UsageError;
    }
}
