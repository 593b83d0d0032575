using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Options;
using MediaRelay.Server.Problems;

var builder = WebApplication.CreateBuilder(ServerDefaults.For(args));
builder.UseServerDefaults();
builder.Services.AddMediaRelayOptions();
builder.Services.AddAccessTokens();
builder.Services.AddDraining();

var app = builder.Build();
app.UseProblems();
app.MapHealth();
app.MapProblems();

return await app.RunOrRefuseAsync();
