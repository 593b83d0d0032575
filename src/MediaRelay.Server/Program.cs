using MediaRelay.Mixing.Worker;
using MediaRelay.Server.Admission;
using MediaRelay.Server.Api;
using MediaRelay.Server.Auth;
using MediaRelay.Server.CoHosting;
using MediaRelay.Server.HandOffs;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Media;
using MediaRelay.Server.Moderation;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Options;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Overload;
using MediaRelay.Server.Problems;
using MediaRelay.Server.Reports;
using MediaRelay.Server.Signaling;
using MediaRelay.Server.Webhooks;
using MediaRelay.Transport.Linux;

NativeHeap.ShareArenas();

// A mixer worker is this executable again: native codecs on foreign input never run in the relay's own process.
if (args is [MixerWorker.Verb, ..])
{
    return await MixerWorker.RunAsync(args, CancellationToken.None);
}

if (args is [MoveToPostgres.Verb, ..])
{
    return await MoveToPostgres.RunAsync(args);
}

if (args is [ReplayTool.Verb, ..])
{
    return await ReplayTool.RunAsync(args);
}

var builder = WebApplication.CreateBuilder(ServerDefaults.For(args));
builder.UseServerDefaults();
builder.Services.AddMediaRelayOptions();
builder.Services.AddAccessTokens();
builder.Services.AddDraining();
builder.Services.AddCommerce();
builder.Services.AddRelay();
builder.Services.AddOverloadGuard();
builder.Services.AddOverlays();
builder.Services.AddModeration();
builder.Services.AddAdmission();
builder.Services.AddSignaling();
builder.Services.AddHandOffs();
builder.Services.AddMixing();
builder.Services.AddWebhooks();
builder.Services.AddReports();
builder.Services.AddObservability();
builder.Services.AddBrowserRules();
builder.Services.AddApi();

var app = builder.Build();
if (app.IsRefused(out var exitCode))
{
    return exitCode;
}

app.UseObservability();
app.UseRelay();
app.UseAdmission();
app.UseWebSockets();
app.UseBrowserRules();
app.UseProblems();
app.UsePageFiles();
app.MapPages();
app.MapHealth();
app.MapMetrics();
app.MapProblems();
app.MapApi();
app.MapSignaling();

return await app.RunOrRefuseAsync();
