using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Sync;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Codes;
using MediaRelay.Testing.Probes.Sources;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>Puts one picture stream in order, decodes it and reads the codes in it. The viewer's thread.</summary>
internal sealed class PictureTrack : IDisposable
{
    public const int ClockRate = 90_000;

    private readonly ProbeSourceOptions[] _sources;
    private readonly ProbeTimeline[] _timelines;
    private readonly Func<Timestamp> _now;
    private readonly RtpReorderBuffer _reorder;
    private readonly VideoDepacketizer _depacketizer;
    private readonly VideoDecoder _decoder;
    private readonly TimestampUnwrapper _timestamps = new();
    private readonly Dictionary<long, Pending> _pending = [];
    private Timestamp _lastArrival;
    private string? _lastScene;
    private bool _needsKeyFrame = true;

    public PictureTrack(VideoCodec codec, IReadOnlyList<ProbeSourceOptions> sources, PacketPool pool, Func<Timestamp> now)
    {
        _sources = [.. sources];
        _timelines = Array.ConvertAll(_sources, ProbeSource.TimelineOf);
        _now = now;
        _reorder = new RtpReorderBuffer(pool, ClockRate);
        _depacketizer = VideoDepacketizer.Create(codec);
        _decoder = new VideoDecoder(codec, new CodecElements());
    }

    public List<SeenPicture> Pictures { get; } = [];

    public CaptureMap Map { get; } = new(ClockRate);

    /// <summary>Pictures that were not whole.</summary>
    public long Lost { get; private set; }

    /// <summary>Codes with a right checksum whose frame and time contradict each other.</summary>
    public long Misread { get; private set; }

    public void TakeMapping(RtpTimestamp timestamp, NtpTime capture) => Map.Add(_timestamps.Peek(timestamp), capture);

    public void Take(Timestamp arrival, in RtpPacket packet) => _reorder.Insert(arrival, packet);

    /// <summary>Decodes what is next; returns when to look again. <paramref name="isKeyFrameNeeded"/> says that pictures are passed over.</summary>
    public Timestamp Advance(Timestamp now, IReadOnlyList<ProbeScene> scenes, Lock results, out bool isKeyFrameNeeded)
    {
        while (_reorder.TryTake(now, out var buffer))
        {
            using (buffer)
            {
                if (RtpPacket.TryParse(buffer.Span, out var packet))
                {
                    Push(packet, scenes, results);
                }
            }
        }

        isKeyFrameNeeded = _needsKeyFrame;
        return _reorder.NextTimeout;
    }

    public void NoteArrival(Timestamp arrival) => _lastArrival = arrival;

    public void Dispose()
    {
        _decoder.Dispose();
        _reorder.Dispose();
    }

    private void Push(in RtpPacket packet, IReadOnlyList<ProbeScene> scenes, Lock results)
    {
        if (_depacketizer.TryPush(packet, out var frame, out var loss))
        {
            Decode(frame, scenes, results);
        }

        if (loss != FrameLoss.None)
        {
            Lost++;
            _needsKeyFrame = true;
        }
    }

    private void Decode(in EncodedFrame frame, IReadOnlyList<ProbeScene> scenes, Lock results)
    {
        var time = _timestamps.Unwrap(frame.Timestamp);
        if (_needsKeyFrame && !frame.IsKeyFrame)
        {
            return;
        }

        // The decoder gives pictures back with the number that they were given, whatever it is.
        _pending[time] = new Pending(_lastArrival, frame.IsKeyFrame);
        _decoder.Decode(frame.Data.Span, (ulong)(time + (1L << 32)), frame.IsKeyFrame, follows: !_needsKeyFrame);
        _needsKeyFrame = false;
        while (_decoder.TryTake(out var picture))
        {
            using (picture)
            {
                var decodedAt = _now();
                time = (long)picture.Timestamp - (1L << 32);
                _pending.Remove(time, out var pending);
                var seen = Read(picture.View, scenes, decodedAt) with
                {
                    Time = time,
                    ArrivedAt = pending.ArrivedAt,
                    IsKeyFrame = pending.IsKeyFrame,
                };
                lock (results)
                {
                    Pictures.Add(seen);
                }
            }
        }
    }

    /// <summary>Chooses the scene of which most tiles can be read; of equals the one seen last, else that with the fewest tiles.</summary>
    private SeenPicture Read(PictureView view, IReadOnlyList<ProbeScene> scenes, Timestamp decodedAt)
    {
        var (best, bestRead) = ((ProbeScene?)null, 0);
        SeenTile[] tiles = [];
        foreach (var scene in scenes)
        {
            var candidate = new SeenTile[scene.Tiles.Count];
            var read = 0;
            for (var i = 0; i < candidate.Length; i++)
            {
                candidate[i] = Read(view, scene.Tiles[i], decodedAt);
                read += candidate[i].Number is null ? 0 : 1;
            }

            if (read > bestRead || (read == bestRead && read > 0 && IsPreferred(scene, best!)))
            {
                (best, bestRead, tiles) = (scene, read, candidate);
            }
        }

        _lastScene = best?.Name ?? _lastScene;
        var luma = ProbeReader.MeanLuma(view, new PixelRect(0, 0, view.Width, view.Height));
        return new SeenPicture(0, default, decodedAt, IsKeyFrame: false, view.Width, view.Height, best?.Name, tiles, luma);
    }

    private bool IsPreferred(ProbeScene scene, ProbeScene other) =>
        other.Name != _lastScene && (scene.Name == _lastScene || scene.Tiles.Count < other.Tiles.Count);

    private SeenTile Read(PictureView view, in ProbeTile tile, Timestamp decodedAt)
    {
        var source = tile.Source;
        var area = tile.In(view.Width, view.Height);
        var luma = ProbeReader.MeanLuma(view, area);
        var index = Array.FindIndex(_sources, options => options.Source == source);
        var options = _sources[index];
        var grid = new ProbeGrid(options.Width, options.Height);
        if (ProbeReader.TryRead(view, grid, ProbePlacement.Of(options.Width, options.Height, area, tile.Fit), out var code)
            && code.Value.Source == source)
        {
            if (_timelines[index].TryFindNumber(code.Value, decodedAt, out var number))
            {
                return new SeenTile(source, area, number, _timelines[index].CaptureOf(number), luma);
            }

            Misread++;
        }

        return new SeenTile(source, area, null, Timestamp.Never, luma);
    }

    private readonly record struct Pending(Timestamp ArrivedAt, bool IsKeyFrame);
}
