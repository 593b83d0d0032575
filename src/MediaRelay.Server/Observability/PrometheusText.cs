using System.Globalization;
using System.Text;

namespace MediaRelay.Server.Observability;

/// <summary>Writes the Prometheus text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>HELP, TYPE and every label set of one instrument; nothing when it has none yet.</summary>
    public static void Append(StringBuilder text, InstrumentSeries instrument)
    {
        var started = false;
        foreach (var (labels, series) in instrument.Series)
        {
            if (!started)
            {
                AppendHead(text, instrument);
                started = true;
            }

            if (instrument.Kind == InstrumentKind.Histogram)
            {
                AppendHistogram(text, instrument, labels, series);
            }
            else
            {
                AppendSample(text, instrument.Name, labels, series.Read());
            }
        }
    }

    /// <summary>A label's value: backslash, quote and line feed are escaped.</summary>
    public static void AppendEscapedLabel(StringBuilder text, string value)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(c),
            };
        }
    }

    private static void AppendHead(StringBuilder text, InstrumentSeries instrument)
    {
        var help = instrument.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        text.Append("# HELP ").Append(instrument.Name).Append(' ').Append(help).Append('\n');
        text.Append("# TYPE ").Append(instrument.Name).Append(' ').Append(instrument.Kind.ToString().ToLowerInvariant()).Append('\n');
    }

    private static void AppendHistogram(StringBuilder text, InstrumentSeries instrument, string labels, Series series)
    {
        var (buckets, count, sum) = series.ReadHistogram();
        var separator = labels.Length == 0 ? "" : ",";
        var below = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            var bound = i < instrument.Bounds!.Length ? Number(instrument.Bounds[i]) : "+Inf";
            AppendSample(text, instrument.Name + "_bucket", $"{labels}{separator}le=\"{bound}\"", below);
        }

        AppendSample(text, instrument.Name + "_sum", labels, sum);
        AppendSample(text, instrument.Name + "_count", labels, count);
    }

    private static void AppendSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
