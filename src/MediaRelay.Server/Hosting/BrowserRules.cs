using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Hosting;

/// <summary>What browsers are told: which origins may call, and what the pages may do.</summary>
internal static class BrowserRules
{
    // Scripts only from here; pictures of shelf items from anywhere; camera and microphone only for the studio, which is here too.
    private const string ContentPolicy =
        "default-src 'self'; img-src * data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
        + "connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'";

    public static IServiceCollection AddBrowserRules(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<HttpOptions>>((cors, http) => cors.AddDefaultPolicy(policy =>
        {
            var origins = http.Value.CorsOrigins;
            _ = origins is ["*"] ? policy.AllowAnyOrigin() : policy.WithOrigins([.. origins]);
            policy.AllowAnyMethod().AllowAnyHeader()
                .WithExposedHeaders("Location", "ETag", "Link", "Retry-After", "Accept-Patch")
                .SetPreflightMaxAge(TimeSpan.FromHours(1));
        }));
        return services;
    }

    public static void UseBrowserRules(this WebApplication app)
    {
        // An origin that may call may also show the pages in a frame.
        var origins = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.CorsOrigins;
        var contentPolicy = string.Join(' ', [ContentPolicy, .. origins]);
        app.Use((http, next) =>
        {
            var headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer"; // addresses of rooms are nobody else's business
            headers["Permissions-Policy"] = "camera=(self), microphone=(self)";
            headers.ContentSecurityPolicy = contentPolicy;
            return next(http);
        });
        app.UseCors();
    }
}
