using System.Collections.Concurrent;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>Decodes what the mixer gives back and keeps what a viewer would see and hear.</summary>
internal sealed class TestViewer : IMixerOutput, IDisposable
{
    private readonly Dictionary<int, (VideoCodec Codec, VideoDepacketizer Depacketizer, VideoDecoder Decoder)> _video = [];
    private readonly Dictionary<int, AudioDecoder> _audio = [];
    private readonly Dictionary<int, TimestampUnwrapper> _timestamps = [];
    private readonly Dictionary<int, Ssrc> _ssrcs = [];
    private readonly TaskCompletionSource<MixerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestViewer(params MixerOutputSpec[] outputs)
    {
        foreach (var output in outputs)
        {
            _timestamps[output.Index] = new TimestampUnwrapper();
            if (output.Codec is { } codec)
            {
                _video[output.Index] = (codec, VideoDepacketizer.Create(codec), new VideoDecoder(codec, new CodecElements()));
            }
            else
            {
                _audio[output.Index] = AudioDecoder.Create(new CodecElements());
            }
        }
    }

    public ConcurrentQueue<SeenPicture> Pictures { get; } = new();

    public ConcurrentDictionary<int, ConcurrentQueue<short>> Sound { get; } = new();

    public ConcurrentDictionary<int, ConcurrentQueue<long>> Timestamps { get; } = new();

    public ConcurrentDictionary<int, (uint RtpTimestamp, NtpTime Capture)> Mappings { get; } = new();

    public ConcurrentQueue<int> KeyFrameRequests { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public MixerStats? Stats { get; private set; }

    public Task<MixerExit> Exited => _exited.Task;

    public void OnRtp(int output, ReadOnlySpan<byte> rtp)
    {
        Assert.True(RtpPacket.TryParse(rtp, out var packet));
        var timestamp = _timestamps[output].Unwrap(packet.Timestamp);
        if (_audio.TryGetValue(output, out var decoder))
        {
            Assert.Equal(111, packet.PayloadType.Value);
            Timestamps.GetOrAdd(output, _ => new ConcurrentQueue<long>()).Enqueue(timestamp);
            var sound = Sound.GetOrAdd(output, _ => new ConcurrentQueue<short>());
            foreach (var sample in decoder.Decode(packet.Payload, AudioEncoder.Frames))
            {
                sound.Enqueue(sample);
            }

            return;
        }

        Assert.Equal(96, packet.PayloadType.Value);
        var (codec, depacketizer, pictures) = _video[output];
        if (_ssrcs.TryGetValue(output, out var before) && before != packet.Ssrc)
        {
            // An output that ended and began anew is another stream.
            depacketizer = VideoDepacketizer.Create(codec);
            _video[output] = (codec, depacketizer, pictures);
        }

        _ssrcs[output] = packet.Ssrc;
        if (depacketizer.TryPush(packet, out var frame, out var loss))
        {
            Timestamps.GetOrAdd(output, _ => new ConcurrentQueue<long>()).Enqueue(timestamp);
            pictures.Decode(frame.Data.Span, (ulong)timestamp, frame.IsKeyFrame, follows: true);
            while (pictures.TryTake(out var picture))
            {
                using (picture)
                {
                    Pictures.Enqueue(SeenPicture.From(output, timestamp, frame.IsKeyFrame, picture.View));
                }
            }
        }

        Assert.Equal(FrameLoss.None, loss);
    }

    public void OnCaptureMapping(int output, uint rtpTimestamp, NtpTime capture) => Mappings[output] = (rtpTimestamp, capture);

    public void OnKeyFrameNeeded(int source) => KeyFrameRequests.Enqueue(source);

    public void OnStats(MixerStats stats) => Stats = stats;

    public void OnLog(string line) => Log.Enqueue(line);

    public void OnExited(MixerExit exit) => Assert.True(_exited.TrySetResult(exit), "told twice");

    public void Dispose()
    {
        foreach (var (_, _, decoder) in _video.Values)
        {
            decoder.Dispose();
        }

        foreach (var decoder in _audio.Values)
        {
            decoder.Dispose();
        }
    }

    /// <summary>Colour (U, V) in the middle of the halves of one picture of the mix.</summary>
    internal sealed record SeenPicture(
        int Output, long Timestamp, bool IsKeyFrame, int Width, int Height, (int U, int V) Top, (int U, int V) Bottom, (int U, int V) Left, (int U, int V) Right)
    {
        public static SeenPicture From(int output, long timestamp, bool isKeyFrame, PictureView view)
        {
            var (width, height) = (view.Width / 2, view.Height / 2);

            // Off the very middle, where a slate has its text.
            return new SeenPicture(
                output,
                timestamp,
                isKeyFrame,
                view.Width,
                view.Height,
                At(view, width / 2, height / 8),
                At(view, width / 2, height * 7 / 8),
                At(view, width / 8, height / 3),
                At(view, width * 7 / 8, height / 3));
        }

        private static (int U, int V) At(PictureView view, int x, int y) => (view.U[(y * view.UStride) + x], view.V[(y * view.VStride) + x]);
    }
}
