using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Server.CoHosting;

namespace MediaRelay.Server.Options;

internal sealed class CoHostOptionsValidator(IConfiguration configuration)
    : SettingsValidator<CoHostOptions>(configuration, CoHostOptions.Section)
{
    protected override void Check(CoHostOptions options, SettingsProblems problems)
    {
        problems.Duration(nameof(options.InviteTimeout), options.InviteTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        problems.Whole(nameof(options.VideoBitRate), options.VideoBitRate, 100_000, 20_000_000);
        problems.Whole(nameof(options.LeastVideoBitRate), options.LeastVideoBitRate, 100_000, 20_000_000);
        problems.Require(options.ShowNames is "none" or CoHostOptions.NamesInTiles, nameof(options.ShowNames), options.ShowNames, "none, tiles");
        Encoder(nameof(options.H264Encoder), options.H264Encoder, VideoCodec.H264, problems);
        problems.Number(nameof(options.LoudnessTarget), options.LoudnessTarget, -30, -10);
        Element(nameof(options.H264Decoder), options.H264Decoder, problems);
        Encoder(nameof(options.Vp8Encoder), options.Vp8Encoder, VideoCodec.Vp8, problems);
        Element(nameof(options.Vp8Decoder), options.Vp8Decoder, problems);
        Element(nameof(options.OpusEncoder), options.OpusEncoder, problems);
        Element(nameof(options.OpusDecoder), options.OpusDecoder, problems);
        problems.Whole(nameof(options.SpareWorkers), options.SpareWorkers, 0, 8);
        problems.Number(nameof(options.CoresPerSession), options.CoresPerSession, 0, 64);
        problems.Whole(nameof(options.MaxSessions), options.MaxSessions, 0, 1000);
        problems.Whole(nameof(options.WorkerNice), options.WorkerNice, 0, 19);
        problems.Require(
            SlowMixPolicies.TryParse(options.WhenSlow, out _), nameof(options.WhenSlow), options.WhenSlow, SlowMixPolicies.Allowed);
        problems.Require(
            options.Cpus.Length == 0 || (CpuSet.TryParse(options.Cpus, out var cpus) && cpus.Cpus.Overlaps(UsableCpus())),
            nameof(options.Cpus), options.Cpus, $"{CpuSet.Allowed}, some of which this process may use: {string.Join(',', UsableCpus())}");
    }

    private static IEnumerable<int> UsableCpus() => MachineReader.OfThisMachine.UsableCpus();

    // Units and names of properties differ; those of an unknown one would be guessed.
    private static void Encoder(string name, string value, VideoCodec codec, SettingsProblems problems)
    {
        var known = CodecElements.KnownEncoders(codec);
        problems.Require(known.Contains(value, StringComparer.Ordinal), name, value, string.Join(", ", known));
    }

    // Names go into a pipeline description, where anything else would be pipeline syntax.
    private static void Element(string name, string value, SettingsProblems problems) => problems.Require(
        value.Length is > 0 and <= 64 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'),
        name, value, "the name of a GStreamer element: letters, digits, - and _");
}
