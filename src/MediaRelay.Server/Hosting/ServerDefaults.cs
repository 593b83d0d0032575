using Microsoft.Extensions.Options;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Hosting;

/// <summary>Where the server finds its files, which environment it assumes, where it listens.</summary>
internal static class ServerDefaults
{
    private const string Url = "http://127.0.0.1:8080";

    // Set by the launch profile of `dotnet run`, which would overwrite an environment that the caller chose.
    private const string FallbackEnvironment = "MEDIARELAY_FALLBACK_ENVIRONMENT";

    /// <summary>Content next to the executable, so that it runs from any directory (data is relative to the current one).</summary>
    public static WebApplicationOptions For(string[] args) => new()
    {
        Args = args,
        ContentRootPath = AppContext.BaseDirectory,
        EnvironmentName = IsEnvironmentChosen(args) ? null : Environment.GetEnvironmentVariable(FallbackEnvironment),
    };

    public static void UseServerDefaults(this WebApplicationBuilder builder)
    {
        StartLog.AddTo(builder);

        // Outside Development too: an unpublished build has its pages only through the manifest.
        builder.WebHost.UseStaticWebAssets();
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls(Url);
        }

        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            var limits = kestrel.ApplicationServices.GetRequiredService<IOptions<LimitsOptions>>().Value;
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.RequestBytes == 0 ? null : limits.RequestBytes;
        });
    }

    private static bool IsEnvironmentChosen(string[] args) =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is not null
        || Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is not null
        || args.Any(arg => arg.StartsWith("--environment", StringComparison.OrdinalIgnoreCase));
}
