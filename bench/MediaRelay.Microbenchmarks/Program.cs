using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;

// --quick: all of them, measured just long enough to see their order of magnitude, in about a minute. Everything else is
// BenchmarkDotNet's own: --filter, --list, --job …
if (!args.Contains("--quick", StringComparer.Ordinal))
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return;
}

var job = Job.Default
    .WithWarmupCount(2)
    .WithIterationCount(3)
    .WithIterationTime(TimeInterval.FromMilliseconds(150))
    .WithToolchain(BenchmarkDotNet.Toolchains.InProcess.Emit.InProcessEmitToolchain.Instance);
var config = DefaultConfig.Instance.AddJob(job).HideColumns(Column.Error, Column.StdDev, Column.Median, Column.RatioSD);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).RunAllJoined(config);
