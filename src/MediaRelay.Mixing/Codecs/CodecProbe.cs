using System.Text.Json;
using MediaRelay.Mixing.Link;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// Finds out what this machine can decode and encode. The relay asks a worker process, so that it never loads native
/// codecs itself, and an absent or broken library cannot take it down.
/// </summary>
public static class CodecProbe
{
    /// <summary>Argument that makes a worker answer the probe.</summary>
    internal const string Command = "probe";

    /// <summary>Asks a worker process.</summary>
    /// <exception cref="MixerStartException">The worker cannot be run or does not answer.</exception>
    public static async Task<CodecSupport> RunAsync(
        MixerWorkerOptions options, CodecElements elements, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.StartTimeout);
        string[] arguments = [Command, .. elements.Required()];
        using var process = WorkerProcess.Start(options, arguments, readOutput: true, static _ => { });
        try
        {
            var support = await JsonSerializer.DeserializeAsync(process.Output, LinkJson.Default.CodecSupport, limit.Token);
            return support ?? throw new MixerStartException("The mixer worker gave an empty answer to the probe.");
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new MixerStartException($"The mixer worker did not answer within {options.StartTimeout.TotalSeconds:F0} s.", late);
        }
        catch (JsonException problem)
        {
            throw new MixerStartException("The mixer worker gave no answer to the probe.", problem);
        }
        finally
        {
            await process.EndAsync(options.StopTimeout);
        }
    }

    /// <summary>Looks for the elements in this process, which becomes one with GStreamer in it; never throws.</summary>
    internal static CodecSupport Run(IEnumerable<string> elements) =>
        new(GstRuntime.Version, [.. elements.Distinct().Where(element => !GstRuntime.HasElement(element))]);
}
