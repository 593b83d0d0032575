using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.CoHostBench;

/// <summary>The options as words, with what is allowed.</summary>
internal sealed class CommandLine
{
    private const int ShortestWindow = 2;
    private const int LongestWindow = 60;

    private readonly Option<int[]> _sessions = new("--sessions")
    {
        Description = $"Sessions at once, 1 to {BenchOptions.MaxSessions}; several numbers, with commas, are measured one after the other.",
        CustomParser = ParseSessions,
        DefaultValueFactory = _ => [1, 2, 4],
    };

    private readonly Option<int> _seconds = new("--seconds")
    {
        Description = $"Length of each measured window, {ShortestWindow} to {LongestWindow}.",
        DefaultValueFactory = _ => 15,
    };

    private readonly Option<string> _codec = new("--codec") { Description = "h264 or vp8, of hosts and mix.", DefaultValueFactory = _ => "h264" };
    private readonly Option<bool> _small = new("--small") { Description = "Makes the small picture of viewers on narrow ways too." };
    private readonly Option<FileInfo?> _json = new("--json") { Description = "Writes the report there too." };
    private readonly RootCommand _root = new(
        "Mixes co-host sessions of two probe hosts (720 × 1280, 30 pictures a second) in real workers, and prints what each costs beside what "
        + "decoding and encoding alone cost, what it adds to a picture's way, and how many pictures were late or shown twice.");

    public CommandLine(Func<BenchOptions, FileInfo?, CancellationToken, Task<int>> run)
    {
        _codec.AcceptOnlyFromAmong("h264", "vp8");
        _seconds.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is var seconds and (< ShortestWindow or > LongestWindow))
            {
                result.AddError($"--seconds is {seconds}; allowed: {ShortestWindow} to {LongestWindow}");
            }
        });
        _root.Options.Add(_sessions);
        _root.Options.Add(_seconds);
        _root.Options.Add(_codec);
        _root.Options.Add(_small);
        _root.Options.Add(_json);
        _root.SetAction((result, cancellation) => run(Read(result), result.GetValue(_json), cancellation));
    }

    public ParseResult Parse(string[] args) => _root.Parse(args);

    private static int[] ParseSessions(ArgumentResult result)
    {
        var sessions = new List<int>();
        foreach (var word in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > BenchOptions.MaxSessions)
            {
                result.AddError($"--sessions has '{word}'; allowed: numbers from 1 to {BenchOptions.MaxSessions}, with commas");
                return [];
            }

            sessions.Add(count);
        }

        return [.. sessions];
    }

    private BenchOptions Read(ParseResult result) => new(
        result.GetValue(_sessions)!,
        TimeSpan.FromSeconds(result.GetValue(_seconds)),
        result.GetValue(_codec) == "vp8" ? VideoCodec.Vp8 : VideoCodec.H264,
        (720, 1280),
        HostKbps: 1_500,
        MixKbps: 1_500,
        result.GetValue(_small));
}
