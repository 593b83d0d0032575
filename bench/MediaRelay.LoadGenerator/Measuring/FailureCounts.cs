using System.Collections.Concurrent;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>Failures by reason. Any thread.</summary>
internal sealed class FailureCounts
{
    // Reasons are what a server says; a server that says something new each time must not fill the report.
    private const int MostReasons = 50;
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Add(string reason) =>
        _counts.AddOrUpdate(
            _counts.ContainsKey(reason) || _counts.Count < MostReasons ? reason : "other", 1, static (_, count) => count + 1);

    public IReadOnlyDictionary<string, int> ToDictionary() => _counts.ToDictionary(StringComparer.Ordinal);
}
