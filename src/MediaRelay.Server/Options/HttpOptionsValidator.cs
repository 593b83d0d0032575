namespace MediaRelay.Server.Options;

internal sealed class HttpOptionsValidator(IConfiguration configuration)
    : SettingsValidator<HttpOptions>(configuration, HttpOptions.Section)
{
    protected override void Check(HttpOptions options, SettingsProblems problems)
    {
        for (var i = 0; i < options.CorsOrigins.Count; i++)
        {
            var origin = options.CorsOrigins[i];
            if (origin == "*" && options.CorsOrigins.Count == 1)
            {
                continue;
            }

            var valid = Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                && string.Equals(uri!.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase);
            problems.Require(
                valid, $"{nameof(options.CorsOrigins)}:{i}", origin, "an origin such as https://shop.example without a path, or * alone");
        }
    }
}
