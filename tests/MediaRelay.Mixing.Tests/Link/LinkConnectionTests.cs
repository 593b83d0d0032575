using System.Collections.Concurrent;
using System.Net.Sockets;
using MediaRelay.Mixing.Link;

namespace MediaRelay.Mixing.Tests.Link;

[Collection(AllocationCollection.Name)]
public sealed class LinkConnectionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task RunAsync_FramesOfBothSides_ArriveInOrderAndTheCloseIsClean()
    {
        var (left, right) = await ConnectAsync();
        using var first = new LinkConnection(left);
        using var second = new LinkConnection(right);
        var (atFirst, atSecond) = (new Recorder(expected: 100), new Recorder(expected: 100));
        var (running, other) = (RunAsync(first, atFirst), RunAsync(second, atSecond));
        for (byte i = 0; i < 100; i++)
        {
            Assert.True(first.TryPost(LinkFrameType.OutputRtp, i, [i], new byte[1_000]));
            Assert.True(second.TryPostCommand(LinkFrameType.RemoveSource, i));
        }

        await atFirst.Done.WaitAsync(Limit);
        await atSecond.Done.WaitAsync(Limit);
        await first.CloseAsync(Limit);
        Assert.Null(await running.WaitAsync(Limit));
        Assert.Null(await other.WaitAsync(Limit));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (LinkFrameType.OutputRtp, (byte)i, 1_001)), atSecond.Frames);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (LinkFrameType.RemoveSource, (byte)i, 0)), atFirst.Frames);
    }

    [Fact]
    public async Task TryPost_NobodyReads_DropsMediaButStillTakesCommands()
    {
        var (left, right) = await ConnectAsync();
        using var connection = new LinkConnection(left, queueBytes: 10_000);
        using (right)
        {
            var running = RunAsync(connection, new Recorder(expected: 1));
            var taken = 0;
            while (taken < 100_000 && connection.TryPost(LinkFrameType.SourceVideo, 0, default, new byte[1_200]))
            {
                taken++;
            }

            Assert.InRange(taken, 1, 99_999);
            Assert.True(connection.Dropped > 0);
            Assert.True(connection.TryPostCommand(LinkFrameType.Stop));
            await connection.CloseAsync(TimeSpan.Zero);
            await running.WaitAsync(Limit);
            Assert.False(connection.TryPostCommand(LinkFrameType.Stop));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 1, 2 }, "length")]
    [InlineData(new byte[] { 0, 0, 0, 2, 250, 0 }, "unexpected")]
    [InlineData(new byte[] { 0, 0, 0, 9, 30 }, "inside a frame")]
    public async Task RunAsync_BadBytes_ClosesTheLinkAndSaysWhy(byte[] bytes, string reason)
    {
        var (left, right) = await ConnectAsync();
        using var connection = new LinkConnection(left);
        using (right)
        {
            var running = RunAsync(connection, new Recorder(expected: 1));
            await right.SendAsync(bytes);
            right.Shutdown(SocketShutdown.Send);
            Assert.Contains(reason, await running.WaitAsync(Limit), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Receive_NothingArrives_AsksTheHandlerWhetherToGoOn()
    {
        var (left, right) = await ConnectAsync();
        using var connection = new LinkConnection(left);
        using (right)
        {
            var running = RunAsync(connection, new Recorder(expected: 1) { Patience = TimeSpan.FromMilliseconds(200) });
            Assert.Equal("silence", await running.WaitAsync(Limit));
        }
    }

    [Fact]
    public async Task TryPost_WarmedUp_AllocatesNothing()
    {
        var (left, right) = await ConnectAsync();
        using var connection = new LinkConnection(left, queueBytes: 512 * 1024);
        using (right)
        {
            var running = RunAsync(connection, new Recorder(expected: 1));
            var packet = new byte[1_200];
            long allocated = 0;
            for (var round = 0; round < 20; round++)
            {
                allocated = Post(connection, packet);
                await ReceiveAsync(right, 50 * (packet.Length + LinkFrame.HeaderLength));
            }

            Assert.Equal(0, allocated);
            await connection.CloseAsync(TimeSpan.Zero);
            await running.WaitAsync(Limit);
        }
    }

    private static Task<string?> RunAsync(LinkConnection connection, ILinkHandler handler)
    {
        connection.StartSending();
        return Task.Factory.StartNew(
            () => connection.Receive(handler), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static long Post(LinkConnection connection, byte[] packet)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            connection.TryPost(LinkFrameType.SourceVideo, 0, default, packet);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static async Task ReceiveAsync(Socket socket, int bytes)
    {
        var block = new byte[16 * 1024];
        while (bytes > 0)
        {
            var received = await socket.ReceiveAsync(block.AsMemory(0, Math.Min(bytes, block.Length))).AsTask().WaitAsync(Limit);
            Assert.NotEqual(0, received);
            bytes -= received;
        }
    }

    private static async Task<(Socket Left, Socket Right)> ConnectAsync()
    {
        var directory = Directory.CreateTempSubdirectory("mediarelay-link-");
        try
        {
            var address = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "link"));
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(address);
            listener.Listen(1);
            var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var accepting = listener.AcceptAsync();
            await left.ConnectAsync(address);
            return (left, await accepting);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private sealed class Recorder(int expected) : ILinkHandler
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TimeSpan _silence;

        public TimeSpan Patience { get; init; } = TimeSpan.FromDays(1);

        public ConcurrentQueue<(LinkFrameType Type, byte Stream, int Length)> Frames { get; } = new();

        public Task Done => _done.Task;

        public bool Handle(LinkFrameType type, byte stream, ReadOnlySpan<byte> payload)
        {
            if (!Enum.IsDefined(type))
            {
                return false;
            }

            Frames.Enqueue((type, stream, payload.Length));
            if (Frames.Count == expected)
            {
                _done.TrySetResult();
            }

            return true;
        }

        public string? Check(TimeSpan waited)
        {
            _silence += waited;
            return _silence > Patience ? "silence" : null;
        }
    }
}
