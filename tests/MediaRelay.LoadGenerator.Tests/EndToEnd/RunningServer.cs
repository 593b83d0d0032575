using System.Diagnostics;
using System.Reflection;

namespace MediaRelay.LoadGenerator.Tests.EndToEnd;

/// <summary>The real server as a process of its own, on ports that the kernel chooses and an empty data directory.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    // A first start compiles everything and probes the codecs while other tests may be running.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("mediarelay-load-");
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningServer()
    {
        var output = typeof(RunningServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "ServerOutput").Value!;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(output, OperatingSystem.IsWindows() ? "MediaRelay.Server.exe" : "MediaRelay.Server"))
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList =
                {
                    "--environment", "Development",
                    "--urls", "http://127.0.0.1:0",
                    "--MediaRelay:Media:Port", "0",
                    "--MediaRelay:CoHost:SpareWorkers", "0",
                    "--MediaRelay:Data:Directory", _data.FullName,
                },
            },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, _) => { };
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The server ended before it was ready."));
    }

    public Uri Address => _address.Task.Result;

    public int Id => _process.Id;

    public static async Task<RunningServer> StartAsync()
    {
        var server = new RunningServer();
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await server._address.Task.WaitAsync(LongestStart);
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    // HTTP listens last: the database is open and the media port bound by then.
    private void Note(string? line)
    {
        const string Before = "Now listening on: ";
        if (line?.IndexOf(Before, StringComparison.Ordinal) is >= 0 and var at)
        {
            _address.TrySetResult(new Uri(line[(at + Before.Length)..].Split(' ')[0]));
        }
    }
}
