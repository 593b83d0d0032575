using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MediaRelay.Floor;

/// <summary>
/// What encrypting SRTP packets and handing them to the kernel alone costs, in packets per CPU-second of the sending thread; what a
/// relay adds to it is its own. Frames of six packets of 1,150 bytes go to 200 viewers in turn at 45,000 packets/s. On loopback the
/// kernel's receive half is charged to the sender, as to any server that is measured so.
/// </summary>
internal sealed class FloorMeasurement : IDisposable
{
    public const int Viewers = 200;
    private const int PacketLength = 1150;
    private const int HeaderLength = 12;
    private const int TagLength = 16;
    private const int PacketsPerFrame = 6;
    private const int PacketsPerSecond = 45_000;
    private const int SendBuffer = 8 << 20;

    private static readonly int[] RunLengths = [2, 3, 6];

    private readonly ViewerSockets _viewers;
    private readonly TimeSpan _time;
    private readonly TextWriter _output;
    private readonly Socket _socket;
    private readonly byte[] _plain = RandomNumberGenerator.GetBytes(PacketLength - TagLength);
    private readonly byte[] _datagram = new byte[PacketLength];
    private readonly byte[] _nonce = new byte[12];
    private readonly AesGcm[] _library;
    private readonly GcmKernel[] _kernels;

    public FloorMeasurement(ViewerSockets viewers, TimeSpan time, TextWriter output)
    {
        _viewers = viewers;
        _time = time;
        _output = output;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = SendBuffer };
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _library = [.. viewers.Addresses.Select(_ => new AesGcm(RandomNumberGenerator.GetBytes(16), TagLength))];
        _kernels = [.. viewers.Addresses.Select(_ => new GcmKernel(RandomNumberGenerator.GetBytes(16)))];
    }

    /// <summary>Prints one line per way of sending.</summary>
    public void Run()
    {
        Measure("sendto, no crypto", viewer => SendFrame(viewer, static (_, _) => { }));
        Measure(".NET AesGcm + sendto", viewer => SendFrame(viewer, static (self, to) => self.SealWithLibrary(to)));
        Measure("AES-NI GCM + sendto", viewer => SendFrame(viewer, static (self, to) => self.SealWithKernel(to, self._datagram)));
        foreach (var length in RunLengths)
        {
            using var sender = new BurstSender(_socket, _viewers.Addresses, PacketLength, length);
            Measure($"AES-NI GCM + GSO runs of {length}", viewer => SendFrameInRuns(viewer, sender, length));
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        foreach (var cipher in _library)
        {
            cipher.Dispose();
        }
    }

    private void SendFrame(int viewer, Action<FloorMeasurement, int> seal)
    {
        for (var i = 0; i < PacketsPerFrame; i++)
        {
            seal(this, viewer);
            _socket.SendTo(_datagram, SocketFlags.None, _viewers.Addresses[viewer]);
        }
    }

    private void SendFrameInRuns(int viewer, BurstSender sender, int length)
    {
        for (var i = 0; i < PacketsPerFrame; i += length)
        {
            for (var j = 0; j < length; j++)
            {
                SealWithKernel(viewer, sender.Space(viewer, j));
            }

            sender.Send(viewer);
        }
    }

    private void SealWithLibrary(int viewer)
    {
        _nonce[0]++;
        _library[viewer].Encrypt(
            _nonce,
            _plain.AsSpan(HeaderLength),
            _datagram.AsSpan(HeaderLength, PacketLength - TagLength - HeaderLength),
            _datagram.AsSpan(PacketLength - TagLength),
            _plain.AsSpan(0, HeaderLength));
    }

    private void SealWithKernel(int viewer, Span<byte> datagram)
    {
        _nonce[0]++;
        var header = _plain.AsSpan(0, HeaderLength);
        header.CopyTo(datagram);
        _kernels[viewer].Seal(_nonce, header, _plain.AsSpan(HeaderLength), datagram[HeaderLength..]);
    }

    private void Measure(string name, Action<int> sendFrame)
    {
        for (var viewer = 0; viewer < Viewers; viewer++)
        {
            sendFrame(viewer);
        }

        var cpuBefore = ThreadCpu.Seconds();
        var time = Stopwatch.StartNew();
        var packets = 0L;
        var next = 0;
        while (time.Elapsed < _time)
        {
            while (packets < time.Elapsed.TotalSeconds * PacketsPerSecond)
            {
                sendFrame(next);
                next = (next + 1) % Viewers;
                packets += PacketsPerFrame;
            }

            Thread.Sleep(1);
        }

        var cpu = ThreadCpu.Seconds() - cpuBefore;
        _output.WriteLine(
            $"{name,-44} {packets / cpu,9:F0} packets per CPU-second ({cpu / packets * 1e6:F2} us each), "
            + $"{packets / time.Elapsed.TotalSeconds:F0} packets/s");
    }
}
