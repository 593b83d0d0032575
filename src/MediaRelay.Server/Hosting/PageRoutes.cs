using Microsoft.Extensions.FileProviders;

namespace MediaRelay.Server.Hosting;

/// <summary>Serves the built pages from wwwroot, and a plain one in their place when they were not built.</summary>
internal static class PageRoutes
{
    private const string Html = "text/html; charset=utf-8";

    private const string NotBuilt =
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>MediaRelay</title>
        <body style="font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem">
        <h1>MediaRelay is running</h1>
        <p>Its pages are not built: npm was missing when the server was. Run <code>tools/setup</code>, or install Node.js 18 or
        newer, and build again. The API works without them: <a href="/openapi/v1.json">/openapi/v1.json</a>.</p>
        </body></html>
        """;

    /// <summary>Scripts, styles and pictures. Names of built assets carry a hash, so they may be kept for good.</summary>
    public static void UsePageFiles(this WebApplication app) => app.UseStaticFiles(new StaticFileOptions
    {
        OnPrepareResponse = context => context.Context.Response.Headers.CacheControl =
            context.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache",
    });

    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPage("/", "index.html");
        endpoints.MapPage("/watch/{roomId}", "watch.html");
        endpoints.MapPage("/studio/{roomId}", "studio.html");
        endpoints.MapPage("/ops", "ops.html");
    }

    private static void MapPage(this IEndpointRouteBuilder endpoints, string pattern, string file) =>
        endpoints.MapMethods(pattern, ["GET", "HEAD"], (HttpContext http, IWebHostEnvironment environment) =>
        {
            http.Response.Headers.CacheControl = "no-cache";
            var page = environment.WebRootFileProvider.GetFileInfo(file);
            return page.Exists ? Send(page) : Results.Content(NotBuilt, Html);
        }).ExcludeFromDescription();

    private static IResult Send(IFileInfo page) =>
        page.PhysicalPath is { } path ? Results.File(path, Html) : Results.Stream(page.CreateReadStream(), Html);
}
