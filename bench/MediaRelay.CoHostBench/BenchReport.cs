using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MediaRelay.Testing.Probes.Reports;

namespace MediaRelay.CoHostBench;

/// <summary>What a run found, step by step; its names in JSON are kept.</summary>
/// <param name="HostKbps">What a host's pictures take, on average.</param>
internal sealed record BenchReport(string Codec, int ProcessorCount, double Seconds, double HostKbps, IReadOnlyList<BenchReport.Step> Steps)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public string ToTable()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Co-host sessions of two {Codec} hosts, 720 × 1280 at 30 pictures/s and {HostKbps:0} kbit/s, {Seconds:0} s each, {ProcessorCount} processors");
        foreach (var step in Steps)
        {
            Write(text, step);
        }

        return text.ToString().TrimEnd();
    }

    private static void Write(StringBuilder text, Step step)
    {
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{step.Sessions.Count} at once: {step.Held} held at {SessionFigures.LeastPicturesPerSecond} pictures/s and more");
        text.AppendLine(CultureInfo.InvariantCulture, $"  codecs alone: decode {step.Codecs.Decode:0.000}, encode {step.Codecs.Encode:0.000}, sound {step.Codecs.Sound:0.000} cores a session");
        text.Append(CultureInfo.InvariantCulture, $"  worker: {step.CoresPerSession:0.000} cores a session, {step.RatioToVideo:0.00} × decode + encode of pictures, ");
        text.AppendLine(CultureInfo.InvariantCulture, $"{step.RatioToAll:0.00} × all codecs; bench itself {step.BenchCores:0.00} cores");
        if (!step.IsComparable)
        {
            text.AppendLine("  (no ratio to rely on: pictures are missing, so the workers had less to do than the codecs alone)");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"  added latency, ms: {step.AddedLatency} (plain p50 {step.PlainLatency.P50:0.0}, mixed p50 {step.MixedLatency.P50:0.0})");
        text.AppendLine(CultureInfo.InvariantCulture, $"  lip sync, ms: {step.LipSync}; longest repeat {step.LongestRepeat:0} ms; hosts skipped {step.HostsSkipped} pictures");
        foreach (var (session, index) in step.Sessions.Select(static (session, index) => (session, index)))
        {
            text.Append(CultureInfo.InvariantCulture, $"  session {index}: {session.Cores:0.000} cores, {session.Megabytes:0} MiB, {session.PicturesPerSecond:0.0}/s, ");
            text.Append(CultureInfo.InvariantCulture, $"{session.Late} late, {session.Repeated} repeated, {session.Skipped} skipped by the encoder, ");
            text.AppendLine(CultureInfo.InvariantCulture, $"{session.SoundLate} blocks of sound late, delay {session.DelayMs:0} ms");
        }
    }

    /// <summary>One number of sessions at once.</summary>
    /// <param name="Codecs">Cores a session, the mean of before and after the sessions.</param>
    /// <param name="PlainLatency">Capture to decoded without a mixer, both hosts, ms.</param>
    /// <param name="MixedLatency">Capture to decoded through the first session's mixer, ms.</param>
    /// <param name="AddedLatency">Every picture's latency through the mixer less the median of its host's plain one, ms.</param>
    /// <param name="BenchCores">What hosts and viewer of the bench took in the window.</param>
    /// <param name="HostsSkipped">Pictures that hosts did not capture in the window because the machine had no time for them.</param>
    internal sealed record Step(
        IReadOnlyList<SessionFigures> Sessions, CodecCost Codecs, ProbeFigures PlainLatency, ProbeFigures MixedLatency, ProbeFigures AddedLatency,
        ProbeFigures LipSync, double LongestRepeat, double BenchCores, long HostsSkipped)
    {
        public int Held => Sessions.Count(session => session.IsHeld);

        /// <summary>Everything was captured and mixed, so CPU of sessions and codecs belongs to the same work.</summary>
        public bool IsComparable => Held == Sessions.Count && HostsSkipped == 0;

        public double CoresPerSession => Sessions.Average(session => session.Cores);

        public double RatioToVideo => CoresPerSession / Codecs.Video;

        public double RatioToAll => CoresPerSession / Codecs.All;
    }
}
