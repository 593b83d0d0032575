using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MediaRelay.Testing.Probes.Reports;

/// <summary>What one viewer saw and heard in a stretch of time. Times in ms.</summary>
public sealed record ProbeReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Viewer { get; init; }

    public required double Seconds { get; init; }

    public required int Pictures { get; init; }

    /// <summary>On the viewer's timeline.</summary>
    public required double PicturesPerSecond { get; init; }

    /// <summary>Pictures that were black, or in which a tile was.</summary>
    public required int BlackFrames { get; init; }

    /// <summary>Pictures that fit no scene, or in which a tile's code could not be read.</summary>
    public required int UnreadFrames { get; init; }

    /// <summary>Longest time between two decoded pictures, by the clock.</summary>
    public required double LongestPause { get; init; }

    /// <summary>Longest step of the timeline between two pictures.</summary>
    public required double LongestStep { get; init; }

    /// <summary>Scenes in the order in which they were seen.</summary>
    public required IReadOnlyList<string> Scenes { get; init; }

    public required IReadOnlyList<ProbeSourceReport> Sources { get; init; }

    public required IReadOnlyList<ProbeSkewReport> Skews { get; init; }

    /// <summary>Sound that the decoder made up for packets that never came, in ms; since the viewer began.</summary>
    public required double Concealed { get; init; }

    /// <summary>Longest time that the viewer's thread was kept from its work, in ms; since it began.</summary>
    public required double LongestStall { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>For a terminal: a line for the viewer, one for each source and each pair.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Viewer}: {Seconds:0.0} s, {Pictures} pictures ({PicturesPerSecond:0.0}/s), ");
        text.Append(CultureInfo.InvariantCulture, $"{BlackFrames} black, {UnreadFrames} unread, longest pause {LongestPause:0} ms, ");
        text.Append(CultureInfo.InvariantCulture, $"step {LongestStep:0} ms, {Concealed:0} ms of sound made up, ");
        text.AppendLine(CultureInfo.InvariantCulture, $"own stall {LongestStall:0} ms; {string.Join(" → ", Scenes)}");
        foreach (var source in Sources)
        {
            text.Append(CultureInfo.InvariantCulture, $"  source {source.Source}: {source.Shown} shown, {source.Missing} missing, ");
            text.Append(CultureInfo.InvariantCulture, $"{source.Repeated} repeated (longest {source.LongestRepeat:0} ms), ");
            text.AppendLine(CultureInfo.InvariantCulture, $"{source.OrderViolations} out of order (by {source.LongestStepBack:0} ms), longest tone gap {source.LongestToneGap:0.0} ms");
            text.AppendLine(CultureInfo.InvariantCulture, $"    latency {source.Latency}; sound {source.SoundLatency}");
            text.Append(CultureInfo.InvariantCulture, $"    lip sync {source.LipSync}; by arrival {source.LipSyncByArrival}; ");
            text.AppendLine(CultureInfo.InvariantCulture, $"{source.BurstsHeard} of {source.BurstsExpected} bursts");
        }

        foreach (var skew in Skews)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {skew.First} to {skew.Second}: pictures {skew.Pictures}; sound {skew.Sound}");
        }

        return text.ToString();
    }
}
