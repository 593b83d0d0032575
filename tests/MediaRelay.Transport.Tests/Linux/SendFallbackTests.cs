using System.Net;
using MediaRelay.Transport.Linux;

namespace MediaRelay.Transport.Tests.Linux;

/// <summary>What leaves when the kernel refuses a message: everything that can, in order.</summary>
public sealed unsafe class SendFallbackTests
{
    private readonly FaultyKernel _kernel = new();

    [LinuxTheory]
    [InlineData(LibC.Eio, null)]
    [InlineData(LibC.Einval, "127.0.0.1")]
    [InlineData(LibC.Emsgsize, "127.0.0.1")]
    public void Flush_SegmentedMessageIsRefused_ItsDatagramsLeaveOneByOne(int error, string? local)
    {
        using var socket = Open();
        using var first = new PlainReceiver(IPAddress.Loopback, takesBursts: true);
        using var second = new PlainReceiver(IPAddress.Loopback, takesBursts: true);
        _kernel.SegmentedError = error;
        var toFirst = SegmentedSendTests.Write(socket, SegmentedSendTests.Path(first, local), 90);
        var toSecond = SegmentedSendTests.Write(socket, SegmentedSendTests.Path(second, local), 800, 800, 800, 35);
        var again = SegmentedSendTests.Write(socket, SegmentedSendTests.Path(first, local), 60);
        socket.Flush();
        Assert.Equal([toFirst[0], again[0]], first.Receive(2));
        Assert.Equal(toSecond, second.Receive(4));
        Assert.Equal((6L, 0L, 0L), (socket.DatagramsSent, socket.SendErrors, socket.SegmentedDatagrams));
        Assert.Equal((1L, true), (socket.SegmentationFailures, socket.IsSegmenting));
    }

    [LinuxFact]
    public void Flush_RefusedAgainAndAgain_SegmentationRests()
    {
        using var socket = Open();
        using var receiver = new PlainReceiver(IPAddress.Loopback);
        _kernel.SegmentedError = LibC.Eio;
        for (var i = 0; i < SegmentationSwitch.FailuresToRest; i++)
        {
            Assert.True(socket.IsSegmenting);
            SegmentedSendTests.Write(socket, SegmentedSendTests.Path(receiver), 100, 100);
            socket.Flush();
        }

        Assert.False(socket.IsSegmenting);
        var calls = _kernel.Calls;
        SegmentedSendTests.Write(socket, SegmentedSendTests.Path(receiver), 100, 100);
        socket.Flush();
        Assert.Equal(1, _kernel.Calls - calls);
        receiver.Receive((SegmentationSwitch.FailuresToRest + 1) * 2);
        Assert.Equal((0, SegmentationSwitch.FailuresToRest), (receiver.Available, socket.SegmentationFailures));
    }

    [LinuxFact]
    public void Flush_QueueIsFullForAMoment_NothingIsLost()
    {
        using var socket = Open();
        using var receiver = new PlainReceiver(IPAddress.Loopback);
        _kernel.FullCalls = 1;
        var sent = SegmentedSendTests.Write(socket, SegmentedSendTests.Path(receiver), 100, 200, 300);
        socket.Flush();
        Assert.Equal(sent, receiver.Receive(3));
        Assert.Equal((3L, 0L), (socket.DatagramsSent, socket.SendErrors));
    }

    [LinuxFact]
    public void Flush_QueueStaysFull_DatagramsAreDroppedAndCountedAndTheNextTurnSends()
    {
        using var socket = Open();
        using var receiver = new PlainReceiver(IPAddress.Loopback);
        _kernel.FullCalls = int.MaxValue;
        SegmentedSendTests.Write(socket, SegmentedSendTests.Path(receiver), 500, 500, 500, 600);
        socket.Flush();
        Assert.Equal((0L, 4L, 4L), (socket.DatagramsSent, socket.SendErrors, socket.SendQueueDrops));

        _kernel.FullCalls = 1;
        var sent = SegmentedSendTests.Write(socket, SegmentedSendTests.Path(receiver), 20);
        socket.Flush();
        Assert.Equal(sent[0], receiver.Receive());
        Assert.Equal(4, socket.SendErrors);
    }

    [Fact]
    public void SegmentationSwitch_SuccessBetweenFailures_StaysOn()
    {
        var segmentation = new SegmentationSwitch(isAvailable: true);
        for (var i = 0; i < SegmentationSwitch.FailuresToRest * 3; i++)
        {
            segmentation.Failed();
            Assert.True(segmentation.IsOn);
            segmentation.Succeeded();
        }
    }

    [Fact]
    public void SegmentationSwitch_AfterItsRest_IsTriedAgain()
    {
        var segmentation = new SegmentationSwitch(isAvailable: true);
        for (var i = 0; i < SegmentationSwitch.FailuresToRest; i++)
        {
            segmentation.Failed();
        }

        Assert.False(segmentation.IsOn);
        segmentation.Sent(SegmentationSwitch.RestMessages - 1);
        Assert.False(segmentation.IsOn);
        segmentation.Sent(1);
        Assert.True(segmentation.IsOn);
    }

    [Fact]
    public void SegmentationSwitch_NotAvailable_StaysOff()
    {
        var segmentation = new SegmentationSwitch(isAvailable: false);
        segmentation.Sent(SegmentationSwitch.RestMessages * 2);
        Assert.False(segmentation.IsOn);
    }

    private LinuxUdpSocket Open() => new(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions(), _kernel.SendMany);
}
