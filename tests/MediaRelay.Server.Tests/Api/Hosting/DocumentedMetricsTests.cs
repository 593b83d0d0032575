using System.Text.RegularExpressions;

namespace MediaRelay.Server.Tests.Api.Hosting;

/// <summary>Operators read the table in docs/operations.md: what is exported, drawn or alerted on stands there.</summary>
public sealed partial class DocumentedMetricsTests : IDisposable
{
    /// <summary>The repository.</summary>
    internal static readonly string Root = FindRoot();

    private readonly ApiServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Metrics_ThatAreExported_StandInTheTable()
    {
        using var client = _server.CreateClient();
        var exported = ExportedName().Matches(await client.GetStringAsync("/metrics")).Select(match => match.Groups["name"].Value).ToList();
        Assert.True(exported.Count > 50, $"{exported.Count} metrics are exported");
        AssertDocumented(exported);
    }

    [Theory]
    [InlineData("deploy/grafana/dashboards/sale-night.json")]
    [InlineData("deploy/prometheus/alerts.yml")]
    public void Metrics_ThatAreDrawnOrAlertedOn_StandInTheTable(string file)
    {
        var used = UsedName().Matches(File.ReadAllText(Path.Combine(Root, file))).Select(match => match.Groups["name"].Value).ToList();
        Assert.NotEmpty(used);
        AssertDocumented(used);
    }

    private static void AssertDocumented(IEnumerable<string> names)
    {
        var documented = DocumentedName().Matches(File.ReadAllText(Path.Combine(Root, "docs", "operations.md")))
            .Select(match => match.Groups["name"].Value).ToHashSet();
        var missing = names.Where(name => !IsDocumented(name, documented) && !IsDocumented(HistogramPart().Replace(name, ""), documented));
        var list = string.Join(", ", missing.Distinct().Order());
        Assert.True(list.Length == 0, $"not in docs/operations.md: {list}");
    }

    // The table has process_gc_* for a whole family.
    private static bool IsDocumented(string name, HashSet<string> documented) =>
        documented.Contains(name) || documented.Any(family => family.EndsWith('*') && name.StartsWith(family[..^1], StringComparison.Ordinal));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "MediaRelay.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The repository was not found above the tests.");
        }

        return directory.FullName;
    }

    [GeneratedRegex(@"^# TYPE mediarelay_(?<name>\w+) ", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ExportedName();

    [GeneratedRegex(@"mediarelay_(?<name>\w+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex UsedName();

    [GeneratedRegex(@"`(?<name>[a-z0-9_]+\*?)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex DocumentedName();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex HistogramPart();
}
