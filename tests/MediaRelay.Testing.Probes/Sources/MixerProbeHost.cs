using MediaRelay.Client.Sources;
using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Transport;

namespace MediaRelay.Testing.Probes.Sources;

/// <summary>
/// A host as the relay would hand it to a mixer: posts a source's packets into a link, with capture times as sender reports give them.
/// What it posts can be watched beside, as a viewer of the plain room would get it. Owns the source.
/// </summary>
public sealed class MixerProbeHost : IDisposable
{
    private const int AudioRate = 48_000;
    private const int VideoRate = 90_000;
    private static readonly TimeSpan MappingInterval = TimeSpan.FromSeconds(1);

    private readonly int _index;
    private readonly LoopClock _clock;
    private readonly VideoPacketizer _packetizer;
    private readonly byte[] _packet = new byte[1_500];
    private readonly Lock _lock = new();
    private MixerLink? _link;
    private Action<bool, Timestamp, ReadOnlyMemory<byte>>? _watch;
    private ushort _videoNumber;
    private ushort _audioNumber;
    private Timestamp _nextMapping = Timestamp.Zero;
    private long _refused;

    /// <param name="index">Of the source on the link.</param>
    public MixerProbeHost(int index, ProbeSource source, LoopClock clock)
    {
        _index = index;
        Source = source;
        _clock = clock;
        _packetizer = VideoPacketizer.Create(source.Options.Codec);
    }

    public ProbeSource Source { get; }

    /// <summary>Packets that the link did not take. Any thread.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Begins to capture and to post.</summary>
    public void Start() => Source.Start(_clock.Now, Post);

    /// <summary>Where packets go from now on; null for nowhere. Any thread.</summary>
    public void SetLink(MixerLink? link)
    {
        lock (_lock)
        {
            _link = link;
            _nextMapping = Timestamp.Zero;
        }
    }

    /// <summary>Gives every packet (is it of the picture, when, bytes; borrowed) to <paramref name="watch"/> too; null ends it. Any thread.</summary>
    public void SetWatch(Action<bool, Timestamp, ReadOnlyMemory<byte>>? watch)
    {
        lock (_lock)
        {
            _watch = watch;
        }

        Source.RequestKeyFrame(_clock.Now);
    }

    public void Dispose() => Source.Dispose();

    /// <summary>Captures and posts what is due by <paramref name="now"/>, for a host that was not started.</summary>
    internal void Capture(Timestamp now)
    {
        Source.Capture(now);
        Post();
    }

    // Called on the source's thread.
    private void Post()
    {
        var now = _clock.Now;
        while (Source.TryRead(now, out var frame))
        {
            lock (_lock)
            {
                if (now >= _nextMapping)
                {
                    _nextMapping = now + MappingInterval;
                    var epoch = _clock.WallClock(Source.Options.Epoch);
                    _link?.PostCaptureMapping(_index, isVideo: true, rtpTimestamp: 0, epoch);
                    _link?.PostCaptureMapping(_index, isVideo: false, rtpTimestamp: 0, epoch);
                }

                Post(frame);
            }
        }
    }

    private void Post(in MediaFrame frame)
    {
        if (frame.Kind == MediaKind.Audio)
        {
            frame.Data.Span.CopyTo(_packet.AsSpan(RtpPacket.FixedHeaderLength));
            Send(isVideo: false, marker: false, ref _audioNumber, TicksOf(frame, AudioRate), frame.Data.Length);
            return;
        }

        _packetizer.Start(frame.Data.Span, frame.IsKeyFrame);
        while (_packetizer.TryNext(_packet.AsSpan(RtpPacket.FixedHeaderLength), out var length, out var isLast))
        {
            Send(isVideo: true, isLast, ref _videoNumber, TicksOf(frame, VideoRate), length);
        }
    }

    private static uint TicksOf(in MediaFrame frame, int rate) => (uint)(frame.MediaTime.Ticks * rate / TimeSpan.TicksPerSecond);

    private void Send(bool isVideo, bool marker, ref ushort number, uint timestamp, int length)
    {
        var payloadType = new PayloadType((byte)(isVideo ? 96 : 111));
        var ssrc = new Ssrc((uint)((_index * 2) + (isVideo ? 100 : 101)));
        RtpHeaderWriter.Write(_packet, marker, payloadType, new SequenceNumber(number++), new RtpTimestamp(timestamp), ssrc);
        var packet = _packet.AsMemory(0, RtpPacket.FixedHeaderLength + length);
        _watch?.Invoke(isVideo, _clock.Now, packet);
        if (_link?.TryPostRtp(_index, isVideo, packet.Span) == false)
        {
            Interlocked.Increment(ref _refused);
        }
    }
}
