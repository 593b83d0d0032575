using MediaRelay.LoadGenerator;
using MediaRelay.LoadGenerator.Reports;
using Spectre.Console;

// A file or pipe has no width; 80 columns would cut the tables.
const int ReportWidth = 140;
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = ReportWidth;
}

var commandLine = new CommandLine(async (options, cancellationToken) =>
{
    await using var run = new LoadRun(options, line => AnsiConsole.MarkupLineInterpolated($"[grey]{line}[/]"));
    if (await run.RunAsync(cancellationToken) is not { } report)
    {
        return 1;
    }

    ReportTable.Write(AnsiConsole.Console, report);
    if (options.JsonFile is not null)
    {
        await report.WriteAsync(options.JsonFile, cancellationToken);
    }

    return 0;
});
return await commandLine.Parse(args).InvokeAsync();
