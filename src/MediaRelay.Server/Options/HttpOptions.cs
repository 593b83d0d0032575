namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Http</c>: who may call the API from a page of another origin. Addresses come from <c>--urls</c>.</summary>
internal sealed class HttpOptions
{
    public const string Section = "MediaRelay:Http";

    /// <summary>Origins (<c>https://shop.example</c>) whose pages may call; <c>*</c> alone allows any. Default none: the relay's own pages need none.</summary>
    public List<string> CorsOrigins { get; set; } = [];
}
