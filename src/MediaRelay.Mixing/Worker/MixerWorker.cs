using System.Net.Sockets;
using System.Text.Json;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Slates;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// The worker's entry point: what the server's executable does when its first argument is <see cref="Verb"/>.
/// </summary>
public static class MixerWorker
{
    /// <summary>First argument of a worker process.</summary>
    public const string Verb = "mixer-worker";

    private const int Failure = 1;
    private const int UsageError = 64; // EX_USAGE of sysexits.h

    /// <summary>
    /// Runs as a worker until the relay closes the link; returns the process's exit code. <paramref name="args"/> may
    /// begin with <see cref="Verb"/>.
    /// </summary>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        var arguments = args is [Verb, ..] ? args[1..] : args;
        if (!WorkerPlacement.TryTake(ref arguments, out var placement))
        {
            return await RefuseAsync();
        }

        try
        {
            if (placement.Cpus is { } cpus)
            {
                ThreadPlacement.SetCpus(cpus);
            }

            ThreadPlacement.LeadSession();
            if (arguments is ["run", var path])
            {
                return WorkerHost.Run(path, placement.Nice, cancellation);
            }

            ThreadPlacement.SetNice(placement.Nice);
            return arguments switch
            {
                [CodecProbe.Command, .. var elements] => await ProbeAsync(elements, cancellation),
                [SlateEncoder.Command, .. var slate] => await SlateEncoder.WriteAsync(slate, Console.OpenStandardOutput(), cancellation),
                _ => await RefuseAsync(),
            };
        }
        catch (Exception problem) when (problem is CodecException or SocketException or IOException or OperationCanceledException)
        {
            // The relay reads standard error and the exit code; a stack trace would not tell it more.
            await Console.Error.WriteLineAsync(problem.Message);
            return Failure;
        }
    }

    private static async Task<int> ProbeAsync(string[] elements, CancellationToken cancellation)
    {
        await using var output = Console.OpenStandardOutput();
        await JsonSerializer.SerializeAsync(output, CodecProbe.Run(elements), LinkJson.Default.CodecSupport, cancellation);
        return 0;
    }

    private static async Task<int> RefuseAsync()
    {
        await Console.Error.WriteLineAsync($"{Verb} is started by the relay; its arguments are [--nice 0-19] [--cpus LIST] run, probe or slate");
        return UsageError;
    }
}
