using System.Diagnostics;
using MediaRelay.Floor;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;
using MediaRelay.Testing.Probes.Codes;
using MediaRelay.Testing.Probes.Sources;

namespace MediaRelay.CoHostBench;

/// <summary>
/// CPU that a session's codecs alone need, in cores: the same streams through the same decoders and encoders with the same settings, in
/// real time on one thread, without what stands between them in a mixer. The pictures that are encoded are composed, outside of what is
/// counted, because what an encoder costs depends on what it is shown.
/// </summary>
/// <param name="Decode">Of both hosts' pictures.</param>
/// <param name="Encode">Of the mixed picture.</param>
/// <param name="Sound">Both hosts' Opus decoded, the programme and both mix-minus encoded.</param>
internal sealed record CodecCost(double Decode, double Encode, double Sound)
{
    private const int Programmes = 3;

    public double Video => Decode + Encode;

    public double All => Video + Sound;

    /// <exception cref="CodecException">A codec is missing.</exception>
    public static CodecCost Measure(BenchOptions options, IReadOnlyList<ProbeRecording> recordings, TimeSpan window, CancellationToken cancellation)
    {
        using var run = new Run(options, recordings);
        var frames = (long)(window.TotalSeconds * ProbeTimeline.FrameRate);
        var warmUp = ProbeTimeline.FrameRate;
        var started = Stopwatch.GetTimestamp();
        for (long frame = 0; frame < warmUp + frames; frame++)
        {
            // As a mixer does it: a picture at a time, with waits between, which cost caches.
            var wait = TimeSpan.FromSeconds(frame / (double)ProbeTimeline.FrameRate) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                cancellation.WaitHandle.WaitOne(wait);
            }

            cancellation.ThrowIfCancellationRequested();
            if (frame == warmUp)
            {
                run.Reset();
            }

            run.Turn(frame);
        }

        return run.Result(window);
    }

    public static CodecCost Mean(CodecCost first, CodecCost second) => new(
        (first.Decode + second.Decode) / 2, (first.Encode + second.Encode) / 2, (first.Sound + second.Sound) / 2);

    private sealed class Run : IDisposable
    {
        private static readonly TileOwner[] Owners = [new("0", "0"), new("1", "1")];

        private readonly IReadOnlyList<ProbeRecording> _recordings;
        private readonly VideoDecoder[] _decoders;
        private readonly VideoEncoder _encoder;
        private readonly CanvasPool _pool = new(CanvasSize.Portrait, capacity: 3);
        private readonly SceneComposer _composer = new(CanvasSize.Portrait) { Tiles = Layout.Auto.Place(CanvasSize.Portrait, Owners) };
        private readonly DecodedPicture?[] _shown = new DecodedPicture?[Owners.Length];
        private readonly AudioEncoder[] _hosts = new AudioEncoder[Owners.Length];
        private readonly AudioDecoder[] _listeners = new AudioDecoder[Owners.Length];
        private readonly AudioEncoder[] _programmes = new AudioEncoder[Programmes];
        private readonly short[] _samples = new short[AudioEncoder.Frames * 2];
        private long _blocks;
        private double _decode;
        private double _encode;
        private double _sound;

        public Run(BenchOptions options, IReadOnlyList<ProbeRecording> recordings)
        {
            var elements = new CodecElements();
            _recordings = recordings;
            _decoders = [.. Owners.Select(_ => new VideoDecoder(options.Codec, elements))];
            _encoder = new VideoEncoder(options.Codec, CanvasSize.Portrait, ProbeTimeline.FrameRate, options.MixKbps, elements);
            for (var i = 0; i < Owners.Length; i++)
            {
                _hosts[i] = new AudioEncoder(bitrateKbps: 64, elements);
                _listeners[i] = AudioDecoder.Create(elements);
            }

            for (var i = 0; i < Programmes; i++)
            {
                _programmes[i] = new AudioEncoder(bitrateKbps: 96, elements);
            }
        }

        public void Reset() => (_decode, _encode, _sound) = (0, 0, 0);

        public CodecCost Result(TimeSpan window) =>
            new(_decode / window.TotalSeconds, _encode / window.TotalSeconds, _sound / window.TotalSeconds);

        public void Turn(long frame)
        {
            for (var i = 0; i < Owners.Length; i++)
            {
                Decode(i, frame);
            }

            using var canvas = _pool.TryRent() ?? throw new InvalidOperationException("The encoder keeps every picture.");
            _composer.Begin(canvas);
            for (var i = 0; i < Owners.Length; i++)
            {
                if (_shown[i] is { } picture)
                {
                    _composer.Draw(canvas, i, picture.View);
                }
            }

            var before = ThreadCpu.Seconds();
            _encoder.Encode(canvas, frame);
            while (_encoder.TryTake(out var accessUnit))
            {
                accessUnit.Dispose();
            }

            _encode += ThreadCpu.Seconds() - before;

            // 50 blocks of sound in the time of 30 pictures.
            for (; _blocks * ProbeTimeline.FrameRate <= frame * 50; _blocks++)
            {
                PlayBlock();
            }
        }

        public void Dispose()
        {
            foreach (var part in (IEnumerable<IDisposable?>)[.. _shown, .. _decoders, _encoder, .. _hosts, .. _listeners, .. _programmes])
            {
                part?.Dispose();
            }

            _pool.Dispose();
        }

        private void Decode(int source, long frame)
        {
            var data = _recordings[source].Encode(frame, out var isKeyFrame);
            var before = ThreadCpu.Seconds();
            _decoders[source].Decode(data.Span, (ulong)frame, isKeyFrame, follows: true);
            while (_decoders[source].TryTake(out var picture))
            {
                _shown[source]?.Dispose();
                _shown[source] = picture;
            }

            _decode += ThreadCpu.Seconds() - before;
        }

        private void PlayBlock()
        {
            for (var i = 0; i < Owners.Length; i++)
            {
                ProbeVoice.Write(i, _blocks * AudioEncoder.Frames, _samples);
                var packet = _hosts[i].Encode(_samples);
                var before = ThreadCpu.Seconds();
                _listeners[i].Decode(packet, AudioEncoder.Frames);
                _sound += ThreadCpu.Seconds() - before;
            }

            foreach (var programme in _programmes)
            {
                var before = ThreadCpu.Seconds();
                programme.Encode(_samples);
                _sound += ThreadCpu.Seconds() - before;
            }
        }
    }
}
