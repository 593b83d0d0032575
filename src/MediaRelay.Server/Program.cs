using MediaRelay.Server.Api;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Options;
using MediaRelay.Server.Problems;

var builder = WebApplication.CreateBuilder(ServerDefaults.For(args));
builder.UseServerDefaults();
builder.Services.AddMediaRelayOptions();
builder.Services.AddAccessTokens();
builder.Services.AddDraining();
builder.Services.AddCommerce();
builder.Services.AddObservability();
builder.Services.AddBrowserRules();
builder.Services.AddApi();

var app = builder.Build();
app.UseObservability();
app.UseBrowserRules();
app.UseProblems();
app.UsePageFiles();
app.MapPages();
app.MapHealth();
app.MapMetrics();
app.MapProblems();
app.MapApi();

return await app.RunOrRefuseAsync();
