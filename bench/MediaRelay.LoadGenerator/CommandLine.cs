using System.CommandLine;
using System.CommandLine.Parsing;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Viewers;
using MediaRelay.LoadGenerator.Presets;
using MediaRelay.LoadGenerator.Rooms;
using MediaRelay.LoadGenerator.Targets;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.LoadGenerator;

/// <summary>The options as words, with what is allowed.</summary>
internal sealed class CommandLine
{
    // What only a server with MediaRelay's API and overlay channel can do; presets leave it out against others.
    private static readonly string[] NeedsMediaRelay =
        ["--likes", "--orders", "--flash", "--order-batch", "--links", "--churn", "--churn-stay", "--data", "--overlays", "--flood"];

    private readonly Option<string?> _preset = new("--preset")
    {
        Description = "A night as a bundle of options, each of which may be given as well and wins: "
            + string.Join(", ", Preset.All.Values.Select(preset => $"{preset.Name} ({preset.Night})")) + ".",
    };

    private readonly Option<double> _scale = OptionKinds.Real("--scale", "Of the preset; 1 is the real night.", 0.001, 0.000_01, 1);
    private readonly Option<Uri> _url = new("--url") { Description = "The server.", CustomParser = ParseUrl };
    private readonly Option<bool> _anywhere = new("--anywhere") { Description = "Allows a server that is not on this machine." };
    private readonly Option<string> _target = new("--target")
    {
        Description = "The kind of server: mediarelay (rooms by REST, tokens minted), whep (any plain WHIP and WHEP server), janus (a VideoRoom over its HTTP API).",
        DefaultValueFactory = _ => LoadTargets.Default,
    };

    private readonly Option<string> _whipPath = OptionKinds.Path("--whip-path", "Where to publish, with {room}.", WhipClient.DefaultPath);
    private readonly Option<string> _whepPath = OptionKinds.Path("--whep-path", "Where to watch, with {room}.", WhepClient.DefaultPath);
    private readonly Option<string?> _bearer = new("--bearer") { Description = "The token that --target whep sends." };
    private readonly Option<string> _tokenKey = OptionKinds.Text("--token-key", "API key that signs tokens.", TokenMinter.DevelopmentKey);
    private readonly Option<string> _secret = OptionKinds.Text("--secret", "The key's secret.", TokenMinter.DevelopmentSecret);
    private readonly Option<int> _rooms = OptionKinds.Number("--rooms", "Rooms.", 1, 1, 1_000);
    private readonly Option<int> _viewers = OptionKinds.Number("--viewers", "Viewers over all rooms.", 10, 0, 20_000);
    private readonly Option<RoomSizeKind> _sizes = OptionKinds.Choice("--sizes", "How viewers are spread over rooms.", RoomSizeKind.Uniform);
    private readonly Option<int> _seed = OptionKinds.Number("--seed", "Of all that is drawn: sizes, losses, orders.", 1, 0, int.MaxValue);
    private readonly Option<string> _hosts = new("--hosts") { Description = "synthetic, or none.", DefaultValueFactory = _ => "synthetic" };
    private readonly Option<VideoCodec> _codec = OptionKinds.Choice("--codec", "Of the picture.", VideoCodec.H264);
    private readonly Option<int> _bitRate = OptionKinds.Number("--bitrate", "Of a host's picture, bit/s.", 1_500_000, 10_000, 50_000_000);
    private readonly Option<int> _frameRate = OptionKinds.Number("--fps", "Pictures per second.", 30, 1, 120);
    private readonly Option<double> _keyFrames = OptionKinds.Real("--keyframe-interval", "Seconds between key frames.", 2, 0.1, 600);
    private readonly Option<string> _pacing = new("--pacing")
    {
        Description = "burst (a picture's packets leave at once), or paced (spread over two thirds of the time to the next picture).",
        DefaultValueFactory = _ => "burst",
    };

    private readonly Option<bool> _simulcast = new("--simulcast") { Description = "Hosts send three encodings, rids l, m and h, of a tenth, a third and all of --bitrate." };
    private readonly Option<bool> _noVideo = new("--no-video") { Description = "Hosts and viewers have sound alone." };
    private readonly Option<bool> _noAudio = new("--no-audio") { Description = "Hosts and viewers have no sound; with --no-video and --data viewers have overlays alone." };
    private readonly Option<double> _duration = OptionKinds.Real("--duration", "Seconds that are measured, once all have joined.", 10, 1, 3_600);
    private readonly Option<double> _ramp = OptionKinds.Real("--ramp", "Joins per second.", 50, 0.1, 2_000);
    private readonly Option<double> _stay = OptionKinds.Real("--stay", "Seconds until a viewer leaves and another comes; 0: stays.", 0, 0, 3_600);
    private readonly Option<Burst?> _storm = OptionKinds.Burst(
        "--storm", "Joins into the largest room as the window opens: joins a second:seconds[:seconds that each stays].", hasStay: true);

    private readonly Option<double> _loss = OptionKinds.Real("--loss", "Percent of what comes to a viewer that is lost on purpose.", 0, 0, 90);
    private readonly Option<double> _uplinkLoss = OptionKinds.Real("--uplink-loss", "Percent of a host's packets that are lost on purpose.", 0, 0, 90);
    private readonly Option<bool> _data = new("--data") { Description = "Viewers open the overlay channel." };
    private readonly Option<double> _likes = OptionKinds.Real("--likes", "Likes per viewer and second; needs --data.", 0, 0, 10);
    private readonly Option<double> _orders = OptionKinds.Real("--orders", "Order events per second, 10 % repeated, 3 % cancelling, 1 % of a wrong owner.", 0, 0, 10_000);
    private readonly Option<Burst?> _flash = OptionKinds.Burst("--flash", "A flash sale after a third of the window: orders a second:seconds.", hasStay: false);
    private readonly Option<int> _orderBatch = OptionKinds.Number("--order-batch", "Order events per call.", 1, 1, 1_000);
    private readonly Option<double> _overlays = OptionKinds.Real(
        "--overlays", "Overlays per second of two merchants in the largest room; orders then fall on the other rooms. Needs --data.", 0, 0, 2_000);

    private readonly Option<double> _flood = OptionKinds.Real("--flood", "Of these, how many the room's own merchant has for one of the other.", 1, 1, 100);
    private readonly Option<int> _links = OptionKinds.Number("--links", "Co-host sessions of the largest room with the others, one after the other.", 0, 0, 100);
    private readonly Option<int> _churn = OptionKinds.Number(
        "--churn", "Rooms that open, with a host, and close again, evenly over the window.", 0, 0, 100_000);

    private readonly Option<double> _churnStay = OptionKinds.Real("--churn-stay", "Seconds that each of them is open.", 1, 0, 600);
    private readonly Option<int> _visits = OptionKinds.Number(
        "--visits", "Viewers who come, wait until they are served and leave, as fast as the server takes them; the window is as long as that takes.",
        0, 0, 10_000_000);

    private readonly Option<int> _visitLanes = OptionKinds.Number("--visit-lanes", "Of these visitors, how many at once.", 32, 1, 1_000);
    private readonly Option<bool> _transportCc = new("--transport-cc")
    {
        Description = "Viewers offer transport-wide congestion feedback and send it, 20 times a second; servers choose layers by it.",
    };

    private readonly Option<bool> _noGso = new("--no-gso")
    {
        Description = "Hosts hand each packet to the kernel by itself; else a picture's leave as messages that it cuts, where it can.",
    };

    private readonly Option<bool> _gro = new("--gro") { Description = "Viewers' sockets take bursts whole, as a network card would." };
    private readonly Option<MediaInspection> _inspection = OptionKinds.Choice(
        "--inspect", "What viewers decrypt after their first key frame.", MediaInspection.FrameEnds);

    private readonly Option<int> _loops = OptionKinds.Number("--loops", "Threads for viewers.", 1, 1, 64);
    private readonly Option<double> _turn = OptionKinds.Real("--turn", "Least milliseconds between two turns of a viewers' thread.", 1, 0, 10);
    private readonly Option<string> _prefix = OptionKinds.Text("--room-prefix", "Rooms and merchants are called so, with a number.", "load-");
    private readonly Option<bool> _noSetup = new("--no-setup") { Description = "The rooms exist already." };
    private readonly Option<int?> _serverPid = new("--server-pid") { Description = "Measures this process's CPU and memory (Linux)." };
    private readonly Option<string?> _json = new("--json") { Description = "Writes the report to this file." };
    private readonly RootCommand _command;

    public CommandLine(Func<LoadOptions, CancellationToken, Task<int>> run)
    {
        _command = new RootCommand("Publishes and watches through a running server, and reports joins, packets, loss and latency.")
        {
            _preset, _scale, _url, _anywhere, _target, _whipPath, _whepPath, _bearer, _tokenKey, _secret, _rooms, _viewers, _sizes, _seed,
            _hosts, _codec, _bitRate, _frameRate, _keyFrames, _pacing, _simulcast, _noVideo, _noAudio, _duration, _ramp, _stay, _storm, _loss,
            _uplinkLoss, _data, _likes, _orders, _flash, _orderBatch, _overlays, _flood, _links, _churn, _churnStay, _visits, _visitLanes, _transportCc, _noGso, _gro, _inspection, _loops, _turn, _prefix, _noSetup,
            _serverPid, _json,
        };
        _target.AcceptOnlyFromAmong([.. LoadTargets.Names]);
        _hosts.AcceptOnlyFromAmong("synthetic", "none");
        _pacing.AcceptOnlyFromAmong("burst", "paced");
        _preset.AcceptOnlyFromAmong([.. Preset.All.Keys]);
        _command.SetAction(async (arguments, cancellationToken) =>
        {
            // Only here, since the values of options that were left out are not there yet when the library's own checks run.
            var options = Read(arguments);
            var problems = LoadRules.Check(options).ToList();
            problems.ForEach(Console.Error.WriteLine);
            return problems.Count > 0 ? 1 : await run(options, cancellationToken);
        });
    }

    /// <summary>Reads the arguments, those of a preset included.</summary>
    public ParseResult Parse(IReadOnlyList<string> arguments)
    {
        var given = _command.Parse(arguments);
        if (given.GetResult(_preset) is not { Tokens.Count: 1 } named || !Preset.All.TryGetValue(named.Tokens[0].Value, out var preset))
        {
            return given;
        }

        var target = given.GetResult(_target) is { Tokens.Count: 1 } other ? other.Tokens[0].Value : LoadTargets.Default;
        var scale = given.GetResult(_scale) is { Implicit: false, Errors: var errors } && errors.Any() ? 1 : given.GetValue(_scale);
        return _command.Parse([.. arguments, .. preset.ToArguments(scale, IsLeftOut)]);

        bool IsLeftOut(string option) =>
            given.GetResult(option) is { } result && result is not OptionResult { Implicit: true }
            || (target != LoadTargets.Default && NeedsMediaRelay.Contains(option));
    }

    /// <summary>The options of arguments that could be read.</summary>
    public LoadOptions Read(ParseResult arguments) => new()
    {
        Preset = arguments.GetValue(_preset),
        Scale = arguments.GetValue(_scale),
        Server = arguments.GetValue(_url) ?? new Uri("http://127.0.0.1:8080"),
        Anywhere = arguments.GetValue(_anywhere),
        Target = arguments.GetRequiredValue(_target),
        WhipPath = arguments.GetRequiredValue(_whipPath),
        WhepPath = arguments.GetRequiredValue(_whepPath),
        Bearer = arguments.GetValue(_bearer),
        TokenKey = arguments.GetRequiredValue(_tokenKey),
        Secret = arguments.GetRequiredValue(_secret),
        Rooms = arguments.GetValue(_rooms),
        Viewers = arguments.GetValue(_viewers),
        Sizes = arguments.GetValue(_sizes),
        Seed = arguments.GetValue(_seed),
        PublishHosts = arguments.GetValue(_hosts) == "synthetic",
        Codec = arguments.GetValue(_codec),
        BitRate = arguments.GetValue(_bitRate),
        FrameRate = arguments.GetValue(_frameRate),
        KeyFrameInterval = TimeSpan.FromSeconds(arguments.GetValue(_keyFrames)),
        IsPaced = arguments.GetValue(_pacing) == "paced",
        Simulcast = arguments.GetValue(_simulcast),
        Video = !arguments.GetValue(_noVideo),
        Audio = !arguments.GetValue(_noAudio),
        Duration = TimeSpan.FromSeconds(arguments.GetValue(_duration)),
        Ramp = arguments.GetValue(_ramp),
        Stay = TimeSpan.FromSeconds(arguments.GetValue(_stay)),
        Storm = arguments.GetValue(_storm),
        Loss = arguments.GetValue(_loss) / 100,
        UplinkLoss = arguments.GetValue(_uplinkLoss) / 100,
        Data = arguments.GetValue(_data),
        Likes = arguments.GetValue(_likes),
        Orders = arguments.GetValue(_orders),
        Flash = arguments.GetValue(_flash),
        OrderBatch = arguments.GetValue(_orderBatch),
        Overlays = arguments.GetValue(_overlays),
        Flood = arguments.GetValue(_flood),
        Links = arguments.GetValue(_links),
        Churn = arguments.GetValue(_churn),
        ChurnStay = TimeSpan.FromSeconds(arguments.GetValue(_churnStay)),
        Visits = arguments.GetValue(_visits),
        VisitLanes = arguments.GetValue(_visitLanes),
        TransportFeedback = arguments.GetValue(_transportCc),
        SendBursts = !arguments.GetValue(_noGso),
        TakeBursts = arguments.GetValue(_gro),
        Inspection = arguments.GetValue(_inspection),
        Loops = arguments.GetValue(_loops),
        TurnInterval = TimeSpan.FromMilliseconds(arguments.GetValue(_turn)),
        RoomPrefix = arguments.GetRequiredValue(_prefix),
        Setup = !arguments.GetValue(_noSetup),
        ServerPid = arguments.GetValue(_serverPid),
        JsonFile = arguments.GetValue(_json),
    };

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https"))
        {
            return url;
        }

        result.AddError($"--url is '{result.Tokens[0].Value}'; it must be an absolute http or https address.");
        return null;
    }
}
