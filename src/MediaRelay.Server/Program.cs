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
builder.Services.AddObservability();

var app = builder.Build();
app.UseObservability();
app.UseProblems();
app.MapHealth();
app.MapMetrics();
app.MapProblems();

return await app.RunOrRefuseAsync();
