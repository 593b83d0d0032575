using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

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
        foreach (var argument in options.Arguments.Concat(WorkerPlacement.ArgumentsFor(options)).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        // A worker has a small heap and little garbage: the server's collector, with a heap and threads per core, would cost it more
        // memory than its pictures, and a concurrent one a thread. Instrumented code is not worth it for its few hot loops.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
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

    /// <summary>
    /// Starts a worker that connects back; returns it and the socket, which belong to the caller. Lines of its standard error go to
    /// <paramref name="onErrorLine"/>, on a task of their own.
    /// </summary>
    /// <exception cref="MixerStartException">The worker did not connect in time, or said why it cannot.</exception>
    public static async Task<(WorkerProcess Process, Socket Socket)> ConnectAsync(
        MixerWorkerOptions options, Action<string> onErrorLine, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.StartTimeout);

        // Only this user may enter the directory, so nobody else can connect in the worker's place.
        var directory = Directory.CreateTempSubdirectory("mediarelay-mixer-");
        WorkerProcess? process = null;
        try
        {
            var path = Path.Combine(directory.FullName, "link");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            process = Start(options, ["run", path], readOutput: false, onErrorLine);
            var socket = await AcceptAsync(listener, process, limit.Token);
            var connected = process;
            process = null;
            return (connected, socket);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw MixerStartException.TooLate("connect", options.StartTimeout, late);
        }
        finally
        {
            if (process is not null)
            {
                await process.EndAsync(TimeSpan.Zero);
                process.Dispose();
            }

            directory.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Some thread of it runs or waits for a core, so that it is slow rather than stuck; false where the system does not tell.
    /// </summary>
    public bool HasRunnableThread()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            // "id (name) state …", proc(5); the name may contain anything.
            return Directory.EnumerateDirectories($"/proc/{Id}/task")
                .Select(task => File.ReadAllText(Path.Combine(task, "stat")))
                .Any(stat => stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['R', ..]);
        }
        catch (IOException)
        {
            // The process or a thread ended meanwhile; its socket tells.
            return false;
        }
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

    private static async Task<Socket> AcceptAsync(Socket listener, WorkerProcess process, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var accepting = listener.AcceptAsync(either.Token).AsTask();
        var exiting = process.WaitForExitAsync(either.Token);
        var first = await Task.WhenAny(accepting, exiting);
        await either.CancelAsync();
        if (first == accepting)
        {
            return await accepting;
        }

        await exiting;
        throw new MixerStartException("The mixer worker ended before it connected; what it wrote to its standard error says why.");
    }
}
