using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.Api;

namespace MediaRelay.Server.Tests.EndToEnd.Processes;

/// <summary>
/// The real executable as a process of its own, in Development, on ports that the kernel chooses. Ended by <see cref="DisposeAsync"/> at
/// the latest, with whatever it started.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // A first start compiles everything and probes the codecs while other tests may be running.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _mediaPort = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new();

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => Fail($"The server ended with exit code {process.ExitCode} before it was ready.");
    }

    /// <summary>Where its HTTP answers.</summary>
    public Uri Address => _address.Task.Result;

    /// <summary>Where its media port is.</summary>
    public IPEndPoint Media => new(IPAddress.Loopback, _mediaPort.Task.Result);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has said so far, one line each.</summary>
    public string Log => string.Join('\n', _log);

    public ApiClient Anonymous => Client(null);

    public ApiClient Platform => Client(Tokens.Mint(AccessRole.Platform));

    /// <summary>Starts the server on a data directory, with further settings as arguments; returns when it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(string dataDirectory, params IEnumerable<string> settings)
    {
        var executable = Path.Combine(TestPaths.ServerOutput, OperatingSystem.IsWindows() ? "MediaRelay.Server.exe" : "MediaRelay.Server");
        var start = new ProcessStartInfo(executable)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--environment", "Development",
                "--urls", "http://127.0.0.1:0",
                "--MediaRelay:Media:Port", "0",
                "--MediaRelay:Data:Directory", dataDirectory,

                // Browsers and other tests use the machine too: that is no reason to refuse a session, and mixers must not give way
                // to them as they do to the relay's loops.
                "--MediaRelay:CoHost:CoresPerSession", "0",
                "--MediaRelay:CoHost:WorkerNice", "0",
            },
        };
        foreach (var setting in settings)
        {
            start.ArgumentList.Add(setting);
        }

        var server = new ServerProcess(new Process { StartInfo = start });
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await Task.WhenAll(server._address.Task, server._mediaPort.Task).WaitAsync(LongestStart);
            server._http.BaseAddress = server.Address;
            await Wait.UntilAsync("the server is ready", LongestStart, async () =>
            {
                using var ready = await server._http.GetAsync("/health/ready");
                return ready.IsSuccessStatusCode;
            });
            return server;
        }
        catch (Exception failure)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"The server did not start. It said:\n{server.Log}", failure);
        }
    }

    public ApiClient Merchant(string merchant) => Client(Tokens.Mint(AccessRole.Merchant, merchant: merchant));

    public ApiClient Client(string? token)
    {
        var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return new ApiClient(http);
    }

    public Task<string> ReadMetricsAsync() => _http.GetStringAsync("/metrics");

    /// <summary>Value of one series, as <c>mediarelay_packets_dropped_total{reason="unclassified"}</c>; 0 when there is none.</summary>
    public async Task<double> ReadMetricAsync(string series)
    {
        var line = (await ReadMetricsAsync()).Split('\n').FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Process ids of the workers that mix a session now, by what they call themselves.</summary>
    public IReadOnlyList<int> FindMixerWorkers() =>
        [.. ChildProcesses.Find(Id, "mixer-worker", "run").Where(id => ChildProcesses.ReadName(id).StartsWith("mix ", StringComparison.Ordinal))];

    /// <summary>Ends it as a power failure would (SIGKILL), without its children.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        if (Find(line, "Now listening on: ") is { } address)
        {
            _address.TrySetResult(new Uri(address));
        }

        if (Find(line, "Media on UDP ") is { } endPoint)
        {
            _mediaPort.TrySetResult(IPEndPoint.Parse(endPoint).Port);
        }
    }

    private static string? Find(string line, string before)
    {
        var at = line.IndexOf(before, StringComparison.Ordinal);
        return at < 0 ? null : line[(at + before.Length)..].Split(' ')[0];
    }

    private void Fail(string why)
    {
        var failure = new InvalidOperationException(why);
        _address.TrySetException(failure);
        _mediaPort.TrySetException(failure);
    }
}
