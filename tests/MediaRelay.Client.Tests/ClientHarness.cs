using MediaRelay.Client.Hosts;
using MediaRelay.Client.Loops;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Relay.Sessions;
using MediaRelay.Transport;

namespace MediaRelay.Client.Tests;

/// <summary>Headless peers on one loop around a <see cref="LoopbackRelay"/>.</summary>
internal sealed class ClientHarness : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ClientPeerContext _context = new(new Random(3));
    private readonly ClientLoop _loop;
    private readonly List<Exception> _faults = [];

    public ClientHarness(bool takeBursts = false)
    {
        _loop = new ClientLoop("client", new LoopClock(TimeProvider.System), e =>
        {
            lock (_faults)
            {
                _faults.Add(e);
            }
        }, takeBursts: takeBursts);
        _loop.Start();
    }

    public LoopbackRelay Relay { get; } = new();

    public ClientLoop Loop => _loop;

    public async Task<HeadlessHost> PublishAsync(IMediaSource source, HostOptions? options = null)
    {
        var host = new HeadlessHost(_context, options ?? new HostOptions(), source);
        await RunAsync(host, Relay.Publish(host.Offer));
        return host;
    }

    public async Task<HeadlessViewer> WatchAsync(
        ViewerOptions options, ViewerObserver? observer = null, DataApplication? application = null)
    {
        var viewer = new HeadlessViewer(_context, options, observer);
        await RunAsync(viewer, Relay.Watch(viewer.Offer, application));
        return viewer;
    }

    /// <summary>Waits until a condition holds; fails after half a minute. It is state that is waited for, not time.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> state)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(timeout.IsCancellationRequested, state());
            await Task.Delay(5, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _loop.Dispose();
        _context.Dispose();
        Relay.Dispose();
        Assert.Empty(_faults);
    }

    private async Task RunAsync(ClientPeer peer, string answer)
    {
        Assert.True(peer.TryAccept(answer, out var error), error);
        _loop.Add(peer);
        await peer.Connected.WaitAsync(Patience);
    }
}
