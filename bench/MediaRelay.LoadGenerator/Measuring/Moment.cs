using MediaRelay.LoadGenerator.Crowds;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>The counters of everything at one moment; two of them make a window.</summary>
/// <param name="At">A <see cref="System.Diagnostics.Stopwatch"/> timestamp.</param>
/// <param name="Server">CPU seconds and resident bytes; null when the server's process is not known.</param>
/// <param name="LoopBusy">How long each loop of hosts and viewers has worked.</param>
internal sealed record Moment(
    long At, ViewerTotals Totals, (double CpuSeconds, long RssBytes)? Server, double OwnCpuSeconds, IReadOnlyList<TimeSpan> LoopBusy);
