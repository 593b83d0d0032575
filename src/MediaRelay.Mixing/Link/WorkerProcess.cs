using System.ComponentModel;
using System.Diagnostics;

namespace MediaRelay.Mixing.Link;

/// <summary>A worker's process: started without a shell, its standard error handed on line by line.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Standard output, when it was asked for.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Starts the worker program with <paramref name="arguments"/> behind the configured ones.</summary>
    /// <exception cref="MixerStartException">The program cannot be run.</exception>
    public static WorkerProcess Start(
        MixerWorkerOptions options, IEnumerable<string> arguments, bool readOutput, Action<string> onErrorLine)
    {
        var start = new ProcessStartInfo(options.Executable)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = readOutput,

            // A pipe that nobody writes to: the worker must not read the server's console.
            RedirectStandardInput = true,
        };
        foreach (var argument in options.Arguments.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrEmpty(line.Data))
            {
                onErrorLine(line.Data);
            }
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception problem)
        {
            process.Dispose();
            throw new MixerStartException($"The mixer worker '{options.Executable}' cannot be run: {problem.Message}", problem);
        }

        process.BeginErrorReadLine();
        return new WorkerProcess(process);
    }

    public Task WaitForExitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>
    /// Ends the process: waits up to <paramref name="grace"/> for it to do so by itself, then kills it. Returns its
    /// exit code.
    /// </summary>
    public async Task<int> EndAsync(TimeSpan grace)
    {
        using var limit = new CancellationTokenSource(grace);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();
}
