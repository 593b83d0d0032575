using MediaRelay.Client;
using MediaRelay.Server.Tests.EndToEnd.Processes;
using MediaRelay.Testing;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>
/// A running server, headless peers, and a link between hosts and server: hosts are told the link's address instead of the server's,
/// viewers are not. What a viewer sees then is the hosts' network and the relay's work.
/// </summary>
public sealed class ProbeStage : IAsyncLifetime
{
    private const int Seed = 20_200_616;

    private readonly string _dataDirectory = Directory.CreateTempSubdirectory("mediarelay-probes-").FullName;
    private readonly List<Exception> _faults = [];
    private readonly UdpLink _link = new(Seed);
    private readonly HttpClient _http = new();
    private HeadlessPeers? _peers;
    private ServerProcess? _server;
    private int _shows;

    internal ServerProcess Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(_dataDirectory, "--MediaRelay:Media:PublicAddresses:0", "127.0.0.1");
        _link.Start(_server.Media);
        _peers = new HeadlessPeers(new HeadlessPeersOptions(), TimeProvider.System, new Random(Seed), NoteFault);
    }

    public async Task DisposeAsync()
    {
        _peers?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
            Directory.CreateDirectory(TestPaths.Results);
            await File.WriteAllTextAsync(Path.Combine(TestPaths.Results, "server-with-probes.log"), _server.Log);
        }

        _link.Dispose();
        _http.Dispose();
        Directory.Delete(_dataDirectory, recursive: true);
    }

    /// <summary>Plays a scenario on two merchants' rooms; the link is perfect before and after it.</summary>
    internal async Task PlayAsync(ITestOutputHelper output, Func<ProbeShow, Task> scenario)
    {
        var toServer = _link.ToServer;
        var toHosts = _link.ToClients;
        await using var show = new ProbeShow($"p{Interlocked.Increment(ref _shows)}", Server, _link, _peers!, _http, output);
        try
        {
            await show.RegisterAsync();
            await scenario(show);
        }
        finally
        {
            _link.Set(Uplink.Perfect);
            output.WriteLine($"hosts to the server: {_link.ToServer - toServer}; back: {_link.ToClients - toHosts}");
            lock (_faults)
            {
                Exception[] faults = [.. _faults];
                _faults.Clear();
                Assert.Empty(faults);
            }
        }
    }

    private void NoteFault(Exception fault)
    {
        lock (_faults)
        {
            _faults.Add(fault);
        }
    }
}
