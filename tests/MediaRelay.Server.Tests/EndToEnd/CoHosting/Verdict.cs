using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>Collects figures against their limits, so that a scenario tells all that was missed and not the first alone.</summary>
internal sealed class Verdict(ITestOutputHelper output, Uplink uplink)
{
    private readonly List<string> _missed = [];

    public void Note(string text) => output.WriteLine(text.TrimEnd());

    public void Tell(string what, double value, string unit) => Figures.Print(output, $"{uplink} uplink, {what}", value, unit);

    public void AtMost(string what, double value, double limit, string unit)
    {
        Tell(what, value, unit);
        if (!(value <= limit))
        {
            _missed.Add(FormattableString.Invariant($"{what}: {value:0.0} {unit} instead of at most {limit} {unit}"));
        }
    }

    public void Check() => Assert.True(_missed.Count == 0, string.Join('\n', _missed));
}
