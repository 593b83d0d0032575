using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace MediaRelay.Testing.Postgres;

/// <summary>
/// A PostgreSQL server of the tests' own, from Debian's package: a new cluster in a temporary directory, reached by a Unix
/// socket there (no port), flushing its disk as in earnest. Ended by <see cref="DisposeAsync"/>, with its directory.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The superuser; connections over the socket need no password.</summary>
    public const string User = "mediarelay";

    // Only names the socket's file.
    private const int Port = 5432;
    private const string Ready = "database system is ready to accept connections";

    // Far beyond what it takes; a machine that is busy with builds still makes it.
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

    private readonly string _directory;
    private readonly string _binaries;
    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    private PostgresServer(string directory, string binaries)
    {
        _directory = directory;
        _binaries = binaries;
    }

    /// <summary>What the server said, one line each.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Makes a cluster and starts a server on it; throws when PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(Directory.CreateTempSubdirectory("mediarelay-pg-").FullName, FindBinaries());
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                await RunAsync("chown", "postgres:", server._directory);
            }

            // Trust: the directory of the socket is ours alone.
            await server.RunAsOwnerAsync("initdb", "-D", server.Data, "-U", User, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string without a password.</summary>
    public string ConnectionString(string database, string user = User) =>
        string.Create(CultureInfo.InvariantCulture, $"Host={_directory};Port={Port};Database={database};Username={user}");

    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"night_{Guid.NewGuid():N}";
        await RunAsOwnerAsync("createdb", "-h", _directory, "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, name);
        return name;
    }

    public Task DropDatabaseAsync(string name) => RunAsOwnerAsync(
        "dropdb", "--force", "-h", _directory, "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, name);

    /// <summary>Ends the server as a power failure would (SIGKILL); its other processes notice and end by themselves.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts the server after <see cref="KillAsync"/>; returns when it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        var deadline = Stopwatch.StartNew();
        while (!await TryStartAsync())
        {
            // Processes of the killed server still have its memory; they end within moments.
            if (deadline.Elapsed > LongestStart)
            {
                throw new InvalidOperationException($"PostgreSQL did not start. It said:\n{Log}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            // SIGINT: ends sessions, writes out, and leaves no shared memory behind.
            await RunAsync("kill", "-INT", _process.Id.ToString(CultureInfo.InvariantCulture));
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Data => Path.Combine(_directory, "data");

    private static string FindBinaries() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            .Where(binaries => File.Exists(Path.Combine(binaries, "initdb")))
            .MaxBy(binaries => int.TryParse(Path.GetFileName(Path.GetDirectoryName(binaries)), CultureInfo.InvariantCulture, out var version) ? version : 0)
            is { } found
            ? found
            : throw new InvalidOperationException("PostgreSQL is not installed, and these tests need it: run tools/setup --tests.");

    private async Task<bool> TryStartAsync()
    {
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = AsOwner(
                "postgres", "-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=",
                "-c", $"unix_socket_directories={_directory}", "-c", "shared_buffers=32MB", "-c", "max_connections=60"),
            EnableRaisingEvents = true,
        };
        process.Exited += (_, _) => ready.TrySetResult(false);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _log.Enqueue(text);
                if (text.Contains(Ready, StringComparison.Ordinal))
                {
                    ready.TrySetResult(true);
                }
            }
        };
        _process?.Dispose();
        _process = process;
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return await ready.Task.WaitAsync(LongestStart);
    }

    private Task RunAsOwnerAsync(string program, params string[] arguments) => RunAsync(AsOwner(program, arguments));

    // PostgreSQL does not run as root. setpriv becomes the program, so that the process started is the one to end.
    private ProcessStartInfo AsOwner(string program, params string[] arguments)
    {
        program = Path.Combine(_binaries, program);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = _directory;
        start.UseShellExecute = false;
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        return start;
    }

    private static Task RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        });

    private static async Task RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with code {process.ExitCode}: {errors}{await output}");
        }
    }
}
