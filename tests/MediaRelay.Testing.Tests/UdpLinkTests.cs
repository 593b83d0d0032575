using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MediaRelay.Testing.Tests;

/// <summary>The link between real sockets. Times are only checked from below: a busy machine may be late, never early.</summary>
public sealed class UdpLinkTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly UdpLink _link = new(seed: 7);
    private readonly UdpClient _server = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly List<UdpClient> _clients = [];

    public UdpLinkTests() => _link.Start((IPEndPoint)_server.Client.LocalEndPoint!);

    public void Dispose()
    {
        _link.Dispose();
        _server.Dispose();
        _clients.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Clients_TwoOfThem_HaveAddressesOfTheirOwnAndGetTheirOwnAnswers()
    {
        UdpClient[] clients = [Connect(), Connect()];
        foreach (var (client, index) in clients.Select((client, index) => (client, index)))
        {
            await client.SendAsync(new byte[] { (byte)index });
        }

        UdpReceiveResult[] received = [await ReceiveAsync(_server), await ReceiveAsync(_server)];
        foreach (var datagram in received)
        {
            await _server.SendAsync(new byte[] { datagram.Buffer[0], 42 }, datagram.RemoteEndPoint);
        }

        Assert.NotEqual(received[0].RemoteEndPoint, received[1].RemoteEndPoint);
        for (var i = 0; i < clients.Length; i++)
        {
            var answer = await ReceiveAsync(clients[i]);
            Assert.Equal([(byte)i, 42], answer.Buffer);
            Assert.Equal(_link.Address, answer.RemoteEndPoint);
        }

        Assert.Equal(2, _link.Clients);
        Assert.Equal(new LinkCounters(2, 2, 2, 2, 0, 0), _link.ToServer);
        Assert.Equal(new LinkCounters(2, 4, 2, 4, 0, 0), _link.ToClients);
    }

    [Fact]
    public async Task Datagrams_Delayed_ComeInOrderAndNotBeforeTheirTime()
    {
        var delay = TimeSpan.FromMilliseconds(100);
        _link.ConfigureToServer(conditions => conditions.Delay = delay);
        var client = Connect();
        var started = Stopwatch.GetTimestamp();
        for (byte i = 0; i < 50; i++)
        {
            await client.SendAsync(new[] { i });
        }

        for (byte i = 0; i < 50; i++)
        {
            Assert.Equal([i], (await ReceiveAsync(_server)).Buffer);
            Assert.True(Stopwatch.GetElapsedTime(started) >= delay);
        }
    }

    [Fact]
    public async Task Loss_SameSeedAndOrder_LosesTheSameDatagrams()
    {
        _link.ConfigureToServer(conditions => conditions.Loss = 0.3);
        var first = await SendThroughAsync(_link, _server, Connect());
        using var again = new UdpLink(seed: 7);
        again.ConfigureToServer(conditions => conditions.Loss = 0.3).Start((IPEndPoint)_server.Client.LocalEndPoint!);
        var second = await SendThroughAsync(again, _server, Connect(again));

        Assert.InRange(first.Count, 100, 180);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Rebind_RunningClient_IsSeenFromAnotherAddressAndStillAnswered()
    {
        var client = Connect();
        await client.SendAsync(new byte[] { 1 });
        var before = (await ReceiveAsync(_server)).RemoteEndPoint;

        _link.Rebind();
        var after = before;
        for (var attempts = 0; after.Equals(before) && attempts < 100; attempts++)
        {
            await client.SendAsync(new byte[] { 2 });
            after = (await ReceiveAsync(_server)).RemoteEndPoint;
        }

        Assert.NotEqual(before, after);
        await _server.SendAsync(new byte[] { 3 }, after);
        Assert.Equal([3], (await ReceiveAsync(client)).Buffer);
        Assert.Equal(1, _link.Clients);
    }

    [Fact]
    public async Task Server_NotThereForAWhile_LosesDatagramsAndNothingElse()
    {
        var endPoint = (IPEndPoint)_server.Client.LocalEndPoint!;
        var client = Connect();
        _server.Dispose();
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync(new byte[] { 1 });
        }

        await UntilAsync(() => _link.ToServer.Passed == 10);
        using var returned = new UdpClient(endPoint);
        var answer = ReceiveAsync(returned);
        while (!answer.IsCompleted)
        {
            await client.SendAsync(new byte[] { 2 });
            await Task.Yield();
        }

        Assert.Equal([2], (await answer).Buffer);
    }

    private static async Task<List<byte>> SendThroughAsync(UdpLink link, UdpClient server, UdpClient client)
    {
        for (var i = 0; i < 200; i++)
        {
            await client.SendAsync(new[] { (byte)i });
        }

        await UntilAsync(() => link.ToServer.Sent == 200);
        var received = new List<byte>();
        for (var i = link.ToServer.Passed; i > 0; i--)
        {
            received.Add((await ReceiveAsync(server)).Buffer[0]);
        }

        return received;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "the datagrams did not pass");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    private static async Task<UdpReceiveResult> ReceiveAsync(UdpClient client)
    {
        using var deadline = new CancellationTokenSource(Patience);
        return await client.ReceiveAsync(deadline.Token);
    }

    private UdpClient Connect(UdpLink? link = null)
    {
        var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        client.Connect((link ?? _link).Address);
        _clients.Add(client);
        return client;
    }
}
