namespace MediaRelay.Commerce.Reports;

/// <summary>Kinds of <see cref="ShowMoment"/>.</summary>
public static class ShowMomentKinds
{
    public const string Began = "began";
    public const string Ended = "ended";
    public const string Spotlight = "spotlight";
    public const string Overlay = "overlay";
    public const string CoHost = "cohost";
    public const string Layout = "layout";
    public const string Host = "host";
}
