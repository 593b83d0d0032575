using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>
/// A host as the relay would see it: a plain colour with 30 pictures a second and a tone, encoded and packetized,
/// posted into a link in real time with capture times like those of sender reports.
/// </summary>
internal sealed class TestHost : IDisposable
{
    private static readonly CanvasSize Size = new(360, 640);

    private readonly int _index;
    private readonly (byte Y, byte U, byte V) _colour;
    private readonly CanvasPool _pool = new(Size, capacity: 2);
    private readonly VideoEncoder _video;
    private readonly AudioEncoder _audio = new(bitrateKbps: 64, new CodecElements());
    private readonly VideoPacketizer _packetizer;
    private readonly ToneSource _tone;
    private readonly byte[] _packet = new byte[1_500];
    private readonly uint _videoBase;
    private readonly uint _audioBase;
    private ushort _videoSequence = 65_500;
    private ushort _audioSequence = 65_500;
    private long _frames;
    private long _blocks;

    public TestHost(int index, VideoCodec codec, (byte Y, byte U, byte V) colour, double frequency)
    {
        _index = index;
        _colour = colour;
        _video = new VideoEncoder(codec, Size, frameRate: 30, bitrateKbps: 600, new CodecElements());
        _packetizer = VideoPacketizer.Create(codec);
        _tone = new ToneSource(frequency, amplitude: 6_000);

        // Both wrap within the first seconds.
        _videoBase = uint.MaxValue - 90_000;
        _audioBase = uint.MaxValue - 96_000;
    }

    /// <summary>The link did not take a packet.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The picture is neither encoded nor sent.</summary>
    public bool IsDark { get; set; }

    public void RequestKeyFrame() => _video.RequestKeyFrame();

    /// <summary>Posts everything that was captured in the first <paramref name="elapsed"/> of the test.</summary>
    public void Post(MixerLink link, TimeSpan elapsed)
    {
        for (; _frames * 1_000 / 30.0 <= elapsed.TotalMilliseconds; _frames++)
        {
            PostPicture(link);
        }

        for (; _blocks * 20 <= elapsed.TotalMilliseconds; _blocks++)
        {
            PostSound(link);
        }
    }

    /// <summary>Tells when the test's start was captured, as sender reports do.</summary>
    public void PostMappings(MixerLink link, NtpTime start)
    {
        link.PostCaptureMapping(_index, isVideo: true, _videoBase, start);
        link.PostCaptureMapping(_index, isVideo: false, _audioBase, start);
    }

    public void Dispose()
    {
        _video.Dispose();
        _audio.Dispose();
        _pool.Dispose();
    }

    private void PostPicture(MixerLink link)
    {
        if (IsDark)
        {
            return;
        }

        using (var canvas = _pool.TryRent()!)
        {
            canvas.Y.Fill(_colour.Y);
            canvas.U.Fill(_colour.U);
            canvas.V.Fill(_colour.V);
            _video.Encode(canvas, _frames);
        }

        while (_video.TryTake(out var accessUnit))
        {
            using (accessUnit)
            {
                _packetizer.Start(accessUnit.Data, accessUnit.IsKeyFrame);
                while (_packetizer.TryNext(_packet.AsSpan(RtpPacket.FixedHeaderLength), out var length, out var isLast))
                {
                    Send(link, isVideo: true, isLast, ref _videoSequence, _videoBase + (uint)(_frames * 3_000), length);
                }
            }
        }
    }

    private void PostSound(MixerLink link)
    {
        var packet = _audio.Encode(_tone.Next(AudioEncoder.Frames));
        packet.CopyTo(_packet.AsSpan(RtpPacket.FixedHeaderLength));
        Send(link, isVideo: false, marker: false, ref _audioSequence, _audioBase + (uint)(_blocks * AudioEncoder.Frames), packet.Length);
    }

    private void Send(MixerLink link, bool isVideo, bool marker, ref ushort sequence, uint timestamp, int length)
    {
        var payloadType = new PayloadType((byte)(isVideo ? 96 : 111));
        var ssrc = new Ssrc((uint)((_index * 2) + (isVideo ? 100 : 101)));
        RtpHeaderWriter.Write(_packet, marker, payloadType, new SequenceNumber(sequence++), new RtpTimestamp(timestamp), ssrc);
        IsRefused |= !link.TryPostRtp(_index, isVideo, _packet.AsSpan(0, RtpPacket.FixedHeaderLength + length));
    }
}
