using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Viewers;
using MediaRelay.LoadGenerator.Targets;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.LoadGenerator;

/// <summary>The options as words, with what is allowed.</summary>
internal sealed class CommandLine
{
    private readonly Option<Uri> _url = new("--url") { Description = "The server.", CustomParser = ParseUrl };
    private readonly Option<bool> _anywhere = new("--anywhere") { Description = "Allows a server that is not on this machine." };
    private readonly Option<string> _target = new("--target")
    {
        Description = "The kind of server: mediarelay (rooms by REST, tokens minted), whep (any plain WHIP and WHEP server), janus (a VideoRoom over its HTTP API).",
        DefaultValueFactory = _ => LoadTargets.Default,
    };

    private readonly Option<string> _whipPath = Text("--whip-path", "Where to publish, with {room}.", WhipClient.DefaultPath);
    private readonly Option<string> _whepPath = Text("--whep-path", "Where to watch, with {room}.", WhepClient.DefaultPath);
    private readonly Option<string?> _bearer = new("--bearer") { Description = "The token that --target whep sends." };
    private readonly Option<string> _tokenKey = Text("--token-key", "API key that signs tokens.", TokenMinter.DevelopmentKey);
    private readonly Option<string> _secret = Text("--secret", "The key's secret.", TokenMinter.DevelopmentSecret);
    private readonly Option<int> _rooms = Number("--rooms", "Rooms.", 1, 1, 1_000);
    private readonly Option<int> _viewers = Number("--viewers", "Viewers over all rooms.", 10, 0, 20_000);
    private readonly Option<string> _hosts = Text("--hosts", "synthetic, or none.", "synthetic");
    private readonly Option<VideoCodec> _codec = new("--codec") { Description = "H264 or Vp8.", DefaultValueFactory = _ => VideoCodec.H264 };
    private readonly Option<int> _bitRate = Number("--bitrate", "Of a host's picture, bit/s.", 1_500_000, 10_000, 50_000_000);
    private readonly Option<int> _frameRate = Number("--fps", "Pictures per second.", 30, 1, 120);
    private readonly Option<double> _keyFrames = Real("--keyframe-interval", "Seconds between key frames.", 2, 0.1, 600);
    private readonly Option<double> _duration = Real("--duration", "Seconds that are measured, once all have joined.", 10, 1, 3_600);
    private readonly Option<double> _ramp = Real("--ramp", "Joins per second.", 50, 0.1, 2_000);
    private readonly Option<double> _stay = Real("--stay", "Seconds until a viewer leaves and another comes; 0: stays.", 0, 0, 3_600);
    private readonly Option<bool> _data = new("--data") { Description = "Viewers open the overlay channel." };
    private readonly Option<bool> _gro = new("--gro") { Description = "Viewers' sockets take bursts whole, as a network card would." };
    private readonly Option<MediaInspection> _inspection = new("--inspect")
    {
        Description = "What viewers decrypt after their first key frame: All, FrameEnds or Headers.",
        DefaultValueFactory = _ => MediaInspection.FrameEnds,
    };

    private readonly Option<int> _loops = Number("--loops", "Threads for viewers.", 1, 1, 64);
    private readonly Option<double> _turn = Real("--turn", "Least milliseconds between two turns of a viewers' thread.", 1, 0, 10);
    private readonly Option<string> _prefix = Text("--room-prefix", "Rooms and merchants are called so, with a number.", "load-");
    private readonly Option<bool> _noSetup = new("--no-setup") { Description = "The rooms exist already." };
    private readonly Option<int?> _serverPid = new("--server-pid") { Description = "Measures this process's CPU and memory (Linux)." };
    private readonly Option<string?> _json = new("--json") { Description = "Writes the report to this file." };

    public RootCommand Build(Func<LoadOptions, CancellationToken, Task<int>> run)
    {
        var command = new RootCommand("Publishes and watches through a running server, and reports joins, packets, loss and latency.")
        {
            _url, _anywhere, _target, _whipPath, _whepPath, _bearer, _tokenKey, _secret, _rooms, _viewers, _hosts, _codec, _bitRate, _frameRate, _keyFrames, _duration, _ramp,
            _stay, _data, _gro, _inspection, _loops, _turn, _prefix, _noSetup, _serverPid, _json,
        };
        _target.AcceptOnlyFromAmong([.. LoadTargets.Names]);
        _hosts.AcceptOnlyFromAmong("synthetic", "none");
        command.Validators.Add(CheckServer);
        command.SetAction((arguments, cancellationToken) => run(Read(arguments), cancellationToken));
        return command;
    }

    private LoadOptions Read(ParseResult arguments) => new()
    {
        Server = UrlOf(arguments.GetValue(_url)),
        Target = arguments.GetRequiredValue(_target),
        WhipPath = arguments.GetRequiredValue(_whipPath),
        WhepPath = arguments.GetRequiredValue(_whepPath),
        Bearer = arguments.GetValue(_bearer),
        TokenKey = arguments.GetRequiredValue(_tokenKey),
        Secret = arguments.GetRequiredValue(_secret),
        Rooms = arguments.GetValue(_rooms),
        Viewers = arguments.GetValue(_viewers),
        PublishHosts = arguments.GetValue(_hosts) == "synthetic",
        Codec = arguments.GetValue(_codec),
        BitRate = arguments.GetValue(_bitRate),
        FrameRate = arguments.GetValue(_frameRate),
        KeyFrameInterval = TimeSpan.FromSeconds(arguments.GetValue(_keyFrames)),
        Duration = TimeSpan.FromSeconds(arguments.GetValue(_duration)),
        Ramp = arguments.GetValue(_ramp),
        Stay = TimeSpan.FromSeconds(arguments.GetValue(_stay)),
        Data = arguments.GetValue(_data),
        TakeBursts = arguments.GetValue(_gro),
        Inspection = arguments.GetValue(_inspection),
        Loops = arguments.GetValue(_loops),
        TurnInterval = TimeSpan.FromMilliseconds(arguments.GetValue(_turn)),
        RoomPrefix = arguments.GetRequiredValue(_prefix),
        Setup = !arguments.GetValue(_noSetup),
        ServerPid = arguments.GetValue(_serverPid),
        JsonFile = arguments.GetValue(_json),
    };

    private static Uri UrlOf(Uri? given) => given ?? new Uri("http://127.0.0.1:8080");

    private void CheckServer(CommandResult result)
    {
        var server = UrlOf(result.GetValue(_url));
        var isLoopback = server.IsLoopback || (IPAddress.TryParse(server.Host, out var address) && IPAddress.IsLoopback(address));
        if (!isLoopback && !result.GetValue(_anywhere))
        {
            result.AddError($"--url is '{server}', which is not this machine; --anywhere allows it.");
        }
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https"))
        {
            return url;
        }

        result.AddError($"--url is '{result.Tokens[0].Value}'; it must be an absolute http or https address.");
        return null;
    }

    private static Option<string> Text(string name, string description, string usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static Option<int> Number(string name, string description, int usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError($"{name} is {value}; it must be {least} to {most}.");
            }
        });
        return option;
    }

    private static Option<double> Real(string name, string description, double usual, double least, double most)
    {
        var option = new Option<double>(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is var value && !(value >= least && value <= most))
            {
                result.AddError($"{name} is {value}; it must be {least} to {most}.");
            }
        });
        return option;
    }
}
