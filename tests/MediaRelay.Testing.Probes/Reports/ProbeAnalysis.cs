using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Codes;
using MediaRelay.Testing.Probes.Sources;
using MediaRelay.Testing.Probes.Viewers;

namespace MediaRelay.Testing.Probes.Reports;

/// <summary>Works out what a viewer's decoded pictures and sound mean. One stretch of time; made when it is over.</summary>
public sealed class ProbeAnalysis
{
    private const double PictureTime = 1000.0 / ProbeTimeline.FrameRate;
    private const double TicksPerMillisecond = PictureTrack.ClockRate / 1000.0;
    private const double SamplesPerMillisecond = ProbeVoice.SampleRate / 1000.0;

    // 5 ms and 1 ms in samples; below a quarter of the usual level the tone counts as gone, which a gap is 2.5 ms longer than it seems.
    private const int GapWindow = 240;
    private const int GapStep = 48;
    private const double GapLevel = 0.25;
    private const double GapCorrection = 2.5;

    // How far a burst may lie from its picture and still be found.
    private const int BurstSearch = ProbeVoice.SampleRate * 3 / 10;

    private readonly ProbeViewer _viewer;
    private readonly List<SeenPicture> _pictures;
    private readonly HeardSound _sound;
    private readonly (CaptureMap Picture, CaptureMap Sound) _maps;
    private readonly long _soundStart;
    private readonly short[] _samples;
    private readonly Timestamp _from;
    private readonly Timestamp _to;

    /// <summary>Takes what was decoded and what arrived from <paramref name="from"/> on and before <paramref name="to"/>.</summary>
    /// <exception cref="InvalidOperationException">The viewer did not work, so nothing can be said.</exception>
    public ProbeAnalysis(ProbeViewer viewer, Timestamp from, Timestamp to)
    {
        if (viewer.Failure is { } failure)
        {
            throw new InvalidOperationException($"The viewer {viewer.Name} failed.", failure);
        }

        if (viewer.Overruns > 0 || viewer.Misread > 0)
        {
            throw new InvalidOperationException(
                $"The viewer {viewer.Name} threw {viewer.Overruns} packets away and misread {viewer.Misread} codes: its figures mean nothing.");
        }

        _viewer = viewer;
        _from = from;
        _to = to;
        _pictures = [.. viewer.Pictures.Where(picture => picture.DecodedAt >= from && picture.DecodedAt < to)];
        _sound = viewer.Sound;
        _maps = viewer.Maps;
        (_soundStart, _samples) = _sound.Between(from, to);
    }

    public IReadOnlyList<SeenPicture> Pictures => _pictures;

    /// <summary>Everything that is worked out, for the sources that were seen or heard.</summary>
    public ProbeReport Report()
    {
        int[] sources = [.. _viewer.Sources.Select(source => source.Source).Where(IsSeen)];
        return new ProbeReport
        {
            Viewer = _viewer.Name,
            Seconds = (_to - _from).TotalSeconds,
            Pictures = _pictures.Count,
            PicturesPerSecond = _pictures.Count < 2
                ? 0
                : (_pictures.Count - 1) * 1000.0 * TicksPerMillisecond / (_pictures[^1].Time - _pictures[0].Time),
            BlackFrames = _pictures.Count(picture => picture.IsBlack),
            UnreadFrames = _pictures.Count(picture => picture.Scene is null || picture.Tiles.Any(tile => tile.Number is null)),
            LongestPause = Pairs(_pictures).Select(pair => (pair.After.DecodedAt - pair.Before.DecodedAt).TotalMilliseconds).DefaultIfEmpty().Max(),
            LongestStep = Pairs(_pictures).Select(pair => (pair.After.Time - pair.Before.Time) / TicksPerMillisecond).DefaultIfEmpty().Max(),
            Scenes = [.. ScenesInOrder()],
            Sources = [.. sources.Select(ReportOf)],
            Skews = [.. sources.SelectMany(first => sources.Where(second => second > first).Select(second => SkewOf(first, second)))],
            Concealed = _sound.Concealed / SamplesPerMillisecond,
            LongestStall = _viewer.LongestStall.TotalMilliseconds,
        };
    }

    /// <summary>
    /// Level of a source's tone here against the level of the same tone at <paramref name="programme"/>, in dB; of 200 ms each, so that
    /// what leaks at times shows. Negative when it is quieter here.
    /// </summary>
    /// <exception cref="InvalidOperationException">The programme does not have the tone, so there is nothing to compare with.</exception>
    public ProbeFigures OwnVoice(ProbeAnalysis programme, int source)
    {
        const int Window = ProbeVoice.SampleRate / 5;
        var tone = ProbeVoice.ToneOf(source);
        var reference = ProbeFigures.Of(Cut(programme._samples, Window).Select(part => ToneMeter.HannLevel(part, tone))).P50;
        if (reference < ProbeVoice.ToneAmplitude / 20.0)
        {
            throw new InvalidOperationException($"{programme._viewer.Name} does not hear source {source}: its level is {reference:0}.");
        }

        return ProbeFigures.Of(
            Cut(_samples, Window).Select(part => 20 * Math.Log10(Math.Max(ToneMeter.HannLevel(part, tone), 0.01) / reference)));
    }

    /// <summary>
    /// Pieces of sound without a source's tone, longer than about 5 ms: when each began, on the viewer's clock, and how long it was in ms.
    /// </summary>
    public IReadOnlyList<(Timestamp? At, double Milliseconds)> ToneGaps(int source)
    {
        var levels = ToneMeter.Levels(_samples, ProbeVoice.ToneOf(source), GapWindow, GapStep);
        var gone = ProbeFigures.Of(levels).P50 * GapLevel;
        var gaps = new List<(Timestamp?, double)>();
        for (var i = 0; i < levels.Length; i++)
        {
            var start = i;
            while (i < levels.Length && levels[i] < gone)
            {
                i++;
            }

            if (i > start)
            {
                gaps.Add((_sound.ArrivalOf(_soundStart + (start * GapStep)), ((i - start) * GapStep / SamplesPerMillisecond) + GapCorrection));
            }
        }

        return gaps;
    }

    /// <summary>First showing of each picture of a source, in their order of showing.</summary>
    public IReadOnlyList<(SeenPicture Picture, SeenTile Tile)> FirstShowings(int source)
    {
        var shown = new List<(SeenPicture, SeenTile)>();
        var latest = long.MinValue;
        foreach (var picture in _pictures)
        {
            if (picture.Find(source) is { } tile && tile.Number!.Value > latest)
            {
                latest = tile.Number.Value;
                shown.Add((picture, tile));
            }
        }

        return shown;
    }

    private static IEnumerable<(T Before, T After)> Pairs<T>(IReadOnlyList<T> items)
    {
        for (var i = 1; i < items.Count; i++)
        {
            yield return (items[i - 1], items[i]);
        }
    }

    private static IEnumerable<short[]> Cut(short[] samples, int length)
    {
        for (var start = 0; start + length <= samples.Length; start += length)
        {
            yield return samples[start..(start + length)];
        }
    }

    private bool IsSeen(int source) => _pictures.Exists(picture => picture.Find(source) is not null);

    private List<string> ScenesInOrder()
    {
        var scenes = new List<string>();
        foreach (var picture in _pictures)
        {
            if (picture.Scene is { } scene && (scenes.Count == 0 || scenes[^1] != scene))
            {
                scenes.Add(scene);
            }
        }

        return scenes;
    }

    private ProbeSourceReport ReportOf(int source)
    {
        var shown = FirstShowings(source);
        var showings = _pictures.Where(picture => picture.Find(source) is not null).ToList();
        var bursts = FindBursts(source);
        var heard = bursts.Where(burst => burst.Position is not null).ToList();
        return new ProbeSourceReport
        {
            Source = source,
            Shown = shown.Count,
            Missing = Pairs(shown).Sum(pair => pair.After.Tile.Number!.Value - pair.Before.Tile.Number!.Value - 1),
            Repeated = Pairs(showings).Count(pair => pair.After.Find(source)!.Value.Number == pair.Before.Find(source)!.Value.Number),
            LongestRepeat = LongestRepeat(source, showings),
            OrderViolations = Pairs(showings).Count(pair => pair.After.Find(source)!.Value.Number < pair.Before.Find(source)!.Value.Number),
            LongestStepBack = Pairs(showings)
                .Select(pair => (pair.Before.Find(source)!.Value.CapturedAt - pair.After.Find(source)!.Value.CapturedAt).TotalMilliseconds)
                .Append(0).Max(),
            Latency = ProbeFigures.Of(shown.Select(one => (one.Picture.DecodedAt - one.Tile.CapturedAt).TotalMilliseconds)),
            SoundLatency = ProbeFigures.Of(
                heard.Where(burst => burst.ArrivedAt is not null).Select(burst => (burst.ArrivedAt!.Value - burst.CapturedAt).TotalMilliseconds)),
            LipSync = ProbeFigures.Of(heard.Where(burst => burst.LipSync is not null).Select(burst => burst.LipSync!.Value)),
            LipSyncByArrival = ProbeFigures.Of(heard.Where(burst => burst.ByArrival is not null).Select(burst => burst.ByArrival!.Value)),
            BurstsExpected = bursts.Count,
            BurstsHeard = heard.Count,
            LongestToneGap = ToneGaps(source).Select(gap => gap.Milliseconds).DefaultIfEmpty().Max(),
        };
    }

    private double LongestRepeat(int source, List<SeenPicture> showings)
    {
        var (longest, since) = (0L, 0L);
        long? number = null;
        foreach (var picture in showings)
        {
            var shown = picture.Find(source)!.Value.Number;
            if (number is not null)
            {
                longest = Math.Max(longest, picture.Time - since);
            }

            if (shown != number)
            {
                (number, since) = (shown, picture.Time);
            }
        }

        // The last one stands until the end of what was seen.
        if (number is not null)
        {
            longest = Math.Max(longest, _pictures[^1].Time - since);
        }

        return Math.Max(0, (longest / TicksPerMillisecond) - PictureTime);
    }

    private ProbeSkewReport SkewOf(int first, int second)
    {
        var pictures = _pictures
            .Select(picture => (First: picture.Find(first), Second: picture.Find(second)))
            .Where(both => both is { First: not null, Second: not null })
            .Select(both => (both.First!.Value.CapturedAt - both.Second!.Value.CapturedAt).TotalMilliseconds)
            .ToList();
        var ofSecond = FindBursts(second).Where(burst => burst.Position is not null).ToDictionary(burst => burst.Second, burst => burst.Position!.Value);
        var sound = FindBursts(first)
            .Where(burst => burst.Position is not null && ofSecond.ContainsKey(burst.Second))
            .Select(burst => (ofSecond[burst.Second] - burst.Position!.Value) / SamplesPerMillisecond);
        return new ProbeSkewReport(first, second, ProbeFigures.Of(pictures), ProbeFigures.Of(pictures.Select(Math.Abs)), ProbeFigures.Of(sound));
    }

    /// <summary>The burst of each second whose marked picture was shown, and what the two say together.</summary>
    private List<Burst> FindBursts(int source)
    {
        var bursts = new List<Burst>();
        if (_maps.Picture.IsEmpty || _maps.Sound.IsEmpty || _samples.Length == 0)
        {
            return bursts;
        }

        var timeline = ProbeSource.TimelineOf(_viewer.Sources.First(options => options.Source == source));
        var loudness = ToneMeter.Levels(_samples, ProbeVoice.BurstOf(source), ProbeVoice.BurstLength, ProbeVoice.BurstLength / 4).DefaultIfEmpty().Max();
        foreach (var (picture, tile) in FirstShowings(source).Where(one => ProbeTimeline.IsMarked(one.Tile.Number!.Value)))
        {
            var second = tile.Number!.Value / ProbeTimeline.FrameRate;
            var capturedAt = timeline.Epoch + TimeSpan.FromSeconds(second);
            var sincePicture = (tile.CapturedAt - capturedAt).TotalMilliseconds;
            var shownAt = (_maps.Picture.ToUnixNanoseconds(picture.Time) / 1e6) - sincePicture;
            var expected = (int)(PositionAt(shownAt) - _soundStart);
            var from = expected - BurstSearch;
            if (from < 0 || from + (2 * BurstSearch) + ProbeVoice.BurstLength > _samples.Length)
            {
                continue;
            }

            var found = ToneMeter.FindBurst(_samples.AsSpan(from, (2 * BurstSearch) + ProbeVoice.BurstLength), ProbeVoice.BurstOf(source), loudness);
            if (found is not { } offset)
            {
                bursts.Add(new Burst(second, capturedAt, null, null, null, null));
                continue;
            }

            var position = _soundStart + from + offset;
            var arrivedAt = _sound.ArrivalOf((long)position);
            bursts.Add(new Burst(
                second,
                capturedAt,
                position,
                arrivedAt,
                shownAt - (_maps.Sound.ToUnixNanoseconds(position) / 1e6),
                arrivedAt is { } at ? (picture.DecodedAt - at).TotalMilliseconds - sincePicture : null));
        }

        return bursts;
    }

    // The sound's position at a wall time; reports differ by little, so one step of correction from the first guess is exact.
    private double PositionAt(double unixMilliseconds)
    {
        var guess = (double)_soundStart;
        for (var i = 0; i < 2; i++)
        {
            guess += (unixMilliseconds - (_maps.Sound.ToUnixNanoseconds(guess) / 1e6)) * SamplesPerMillisecond;
        }

        return guess;
    }

    private sealed record Burst(long Second, Timestamp CapturedAt, double? Position, Timestamp? ArrivedAt, double? LipSync, double? ByArrival);
}
