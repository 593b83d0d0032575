using System.Runtime.InteropServices;
using MediaRelay.Transport.Linux;

namespace MediaRelay.Transport.Tests.Linux;

/// <summary>sendmmsg of a kernel that refuses segmented messages, or that has no space for some calls.</summary>
internal sealed unsafe class FaultyKernel
{
    /// <summary>Error of a segmented message; 0: it is sent.</summary>
    public int SegmentedError { get; set; }

    /// <summary>Calls that still find the send queue full.</summary>
    public int FullCalls { get; set; }

    public int Calls { get; private set; }

    public int SendMany(int fd, LibC.MultiMessageHeader* messages, uint count, int flags)
    {
        Calls++;
        if (FullCalls > 0)
        {
            FullCalls--;
            return Fail(LibC.Eagain);
        }

        // Like the kernel: what comes before the refused message is sent, and only the next call tells the error.
        var good = 0u;
        while (good < count && (SegmentedError == 0 || !IsSegmented(messages[good].Header)))
        {
            good++;
        }

        return good == 0 ? Fail(SegmentedError) : LibC.SendMany(fd, messages, good, flags);
    }

    private static bool IsSegmented(in LibC.MessageHeader header)
    {
        if (header.ControlLength < 24)
        {
            return false;
        }

        var last = (int*)(header.Control + header.ControlLength - 24);
        return last[2] == LibC.SolUdp && last[3] == LibC.UdpSegment;
    }

    private static int Fail(int error)
    {
        Marshal.SetLastPInvokeError(error);
        return -1;
    }
}
