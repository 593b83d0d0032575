using MediaRelay.Testing.Probes.Codes;
using MediaRelay.Testing.Probes.Reports;
using MediaRelay.Testing.Probes.Sources;
using MediaRelay.Transport;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>What a browser's viewer saw of two sources, from the codes that its page read. Times in ms.</summary>
internal sealed class PageAccount
{
    private const double PictureTime = 1000.0 / ProbeTimeline.FrameRate;

    private readonly IReadOnlyList<PageFrame> _frames;
    private readonly List<(PageFrame Frame, int Place, long Number, double CapturedAt)> _read = [];

    /// <param name="places">The source at each place that the page looked at.</param>
    public PageAccount(IReadOnlyList<PageFrame> frames, IReadOnlyList<ProbeSourceOptions> places, LoopClock clock)
    {
        _frames = frames;
        foreach (var frame in frames)
        {
            for (var place = 0; place < places.Count; place++)
            {
                var timeline = ProbeSource.TimelineOf(places[place]);
                var now = places[place].Epoch + TimeSpan.FromMilliseconds(frame.At - UnixOf(clock, places[place].Epoch));
                if (ProbeCode.TryFromBits(Convert.ToUInt64(frame.Codes[place], 2), out var code)
                    && code.Value.Source == places[place].Source
                    && timeline.TryFindNumber(code.Value, now, out var number))
                {
                    _read.Add((frame, place, number, UnixOf(clock, timeline.CaptureOf(number))));
                }
            }
        }
    }

    public int BlackFrames => _frames.Count(frame => frame.IsBlack);

    /// <summary>Frames in which no code could be read at any place.</summary>
    public int UnreadFrames => _frames.Count - _read.Select(read => read.Frame).Distinct().Count();

    /// <summary>Longest time between two frames on the screen.</summary>
    public double LongestPause => _frames.Zip(_frames.Skip(1), static (before, after) => after.At - before.At).DefaultIfEmpty().Max();

    public static double UnixOf(LoopClock clock, Protocols.Time.Timestamp time) => clock.WallClock(time).ToUnixNanoseconds() / 1e6;

    /// <summary>Capture → screen of each picture read first at a place.</summary>
    public ProbeFigures Latency(int place) => ProbeFigures.Of(
        _read.Where(read => read.Place == place).GroupBy(read => read.Number).Select(showings => showings.First()).Select(read => read.Frame.At - read.CapturedAt));

    /// <summary>When a place was first read at or after a Unix time; null when never.</summary>
    public double? FirstRead(int place, double after) =>
        _read.Where(read => read.Place == place && read.Frame.At >= after).Select(read => (double?)read.Frame.At).FirstOrDefault();

    /// <summary>Longest time that one picture of a source stood beyond its own, over all places where it is shown.</summary>
    public double LongestRepeat(params int[] places)
    {
        var (longest, since) = (0.0, 0.0);
        long? number = null;
        foreach (var read in _read.Where(read => places.Contains(read.Place)))
        {
            longest = number is null ? 0 : Math.Max(longest, read.Frame.At - since);
            if (read.Number != number)
            {
                (number, since) = (read.Number, read.Frame.At);
            }
        }

        return Math.Max(0, longest - PictureTime);
    }
}
