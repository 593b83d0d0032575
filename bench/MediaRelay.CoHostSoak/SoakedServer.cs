using System.Collections.Concurrent;
using System.Diagnostics;

namespace MediaRelay.CoHostSoak;

/// <summary>The server as a process of its own, in Development, on ports that the kernel chooses and in a directory that goes with it.</summary>
internal sealed class SoakedServer : IDisposable
{
    private const int LinesKept = 200;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("mediarelay-soak-").FullName;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private SoakedServer(FileInfo executable)
    {
        var start = new ProcessStartInfo(executable.FullName)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--environment", "Development", "--urls", "http://127.0.0.1:0", "--MediaRelay:Media:Port", "0",
                "--MediaRelay:Data:Directory", _directory,

                // The hosts and viewers of the soak take the processor too, which is no reason to refuse a session.
                "--MediaRelay:CoHost:CoresPerSession", "0",
            },
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Its last lines.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Starts it; gives its address once it listens.</summary>
    public static async Task<(SoakedServer Server, Uri Address)> StartAsync(FileInfo executable, CancellationToken cancellation)
    {
        var server = new SoakedServer(executable);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            return (server, await server._address.Task.WaitAsync(LongestStart, cancellation));
        }
        catch (TimeoutException e)
        {
            var log = server.Log;
            server.Dispose();
            throw new InvalidOperationException($"The server did not start within {LongestStart.TotalSeconds} s. It said:\n{log}", e);
        }
        catch (OperationCanceledException)
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Note(string? line)
    {
        const string Listening = "Now listening on: ";
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        while (_log.Count > LinesKept)
        {
            _log.TryDequeue(out _);
        }

        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..].Split(' ')[0]));
        }
    }
}
