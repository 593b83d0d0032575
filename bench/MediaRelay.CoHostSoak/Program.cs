using System.CommandLine;
using MediaRelay.CoHostSoak;

const int ShortestMinutes = 2;
const int LongestMinutes = 240;
var server = new Option<FileInfo>("--server") { Description = "The server's executable.", Required = true };
server.AcceptExistingOnly();
var minutes = new Option<double>("--minutes") { Description = $"How long, {ShortestMinutes} to {LongestMinutes}.", DefaultValueFactory = _ => 20 };
minutes.Validators.Add(static result =>
{
    if (result.GetValueOrDefault<double>() is var value and (< ShortestMinutes or > LongestMinutes))
    {
        result.AddError($"--minutes is {value}; allowed: {ShortestMinutes} to {LongestMinutes}");
    }
});
var orders = Count("--orders", "Orders in each cycle of ten seconds", 20);
var viewers = Count("--viewers", "Viewers who come and go in each cycle", 24);
var command = new RootCommand("Plays a night of co-host sessions in a hurry, and says whether server and mixers hold more at its end.") { server, minutes, orders, viewers };
command.SetAction(async (arguments, cancellation) =>
{
    var options = new SoakOptions(
        arguments.GetRequiredValue(server), TimeSpan.FromMinutes(arguments.GetValue(minutes)), arguments.GetValue(orders), arguments.GetValue(viewers),
        TimeSpan.FromSeconds(10));
    var (soaked, address) = await SoakedServer.StartAsync(options.Server, cancellation);
    using (soaked)
    {
        using var soak = new Soak(soaked, address, Console.Out);
        var (samples, problems) = await soak.PlayAsync(options, cancellation);
        var isFlat = SoakVerdict.Judge(samples, Console.Out);
        Console.WriteLine($"{samples.Count} cycles, {problems} problems");
        return isFlat && problems == 0 ? 0 : 1;
    }
});
return await command.Parse(args).InvokeAsync();

static Option<int> Count(string name, string description, int usual)
{
    const int Most = 1000;
    var option = new Option<int>(name) { Description = $"{description}, 0 to {Most}.", DefaultValueFactory = _ => usual };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var value and (< 0 or > Most))
        {
            result.AddError($"{name} is {value}; allowed: 0 to {Most}");
        }
    });
    return option;
}
