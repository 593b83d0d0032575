using System.CommandLine;
using MediaRelay.Client.Platform;
using MediaRelay.SaleNight;

var url = new Option<Uri>("--url")
{
    Description = "The server's address.",
    DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
    CustomParser = result =>
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https"))
        {
            return address;
        }

        result.AddError($"--url is '{result.Tokens[0].Value}'; it must be an absolute http or https address.");
        return null;
    },
};
var apiKey = new Option<string>("--api-key") { Description = "API key.", DefaultValueFactory = _ => TokenMinter.DevelopmentKey };
var secret = new Option<string>("--secret") { Description = "The key's secret.", DefaultValueFactory = _ => TokenMinter.DevelopmentSecret };
var once = new Option<bool>("--once") { Description = "Plays one round (solo, co-hosted, solo) and ends." };
var synthetic = new Option<bool>("--synthetic") { Description = "Publishes plain colours instead of GStreamer's pictures." };
var solo = new Option<double>("--solo") { Description = "Seconds before the first co-host session.", DefaultValueFactory = _ => 10 };
var together = new Option<double>("--together") { Description = "Seconds of each co-host session.", DefaultValueFactory = _ => 40 };
var apart = new Option<double>("--apart") { Description = "Seconds between two.", DefaultValueFactory = _ => 15 };
foreach (var seconds in new[] { solo, together, apart })
{
    seconds.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<double>() is not (> 0 and <= 86_400))
        {
            result.AddError($"{result.Option.Name} must be more than 0 and at most 86400 seconds.");
        }
    });
}

var command = new RootCommand("Plays a sale night on a running server: two rooms, their hosts, viewers, orders and a co-host session.")
{
    url, apiKey, secret, once, synthetic, solo, together, apart,
};
command.SetAction(async (arguments, cancellationToken) =>
{
    var options = new SaleNightOptions
    {
        Server = arguments.GetRequiredValue(url),
        ApiKey = arguments.GetRequiredValue(apiKey),
        Secret = arguments.GetRequiredValue(secret),
        Once = arguments.GetValue(once),
        Synthetic = arguments.GetValue(synthetic),
        Solo = TimeSpan.FromSeconds(arguments.GetValue(solo)),
        Together = TimeSpan.FromSeconds(arguments.GetValue(together)),
        Apart = TimeSpan.FromSeconds(arguments.GetValue(apart)),
    };
    await using var night = new Night(options, new NightLog(Console.Out, TimeProvider.System), TimeProvider.System);
    return await night.PlayAsync(cancellationToken);
});
return await command.Parse(args).InvokeAsync();
