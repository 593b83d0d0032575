using MediaRelay.CoHostBench;
using MediaRelay.Mixing.Worker;

// The workers are this program, too.
if (args.FirstOrDefault() == MixerWorker.Verb)
{
    return await MixerWorker.RunAsync(args, CancellationToken.None);
}

var commandLine = new CommandLine(async (options, json, cancellation) =>
{
    var report = await new Bench(options, Console.Error.WriteLine).RunAsync(cancellation);
    Console.Out.WriteLine(report.ToTable());
    if (json is not null)
    {
        await File.WriteAllTextAsync(json.FullName, report.ToJson(), cancellation);
    }

    return 0;
});
return await commandLine.Parse(args).InvokeAsync();
