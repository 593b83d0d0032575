namespace MediaRelay.Commerce.Overlays;

/// <summary>The message types that the relay sends, and the class of each.</summary>
public static class OverlayTypes
{
    public const string Snapshot = "snapshot";
    public const string Purchase = "purchase";
    public const string Shelf = "shelf";
    public const string Spotlight = "spotlight";
    public const string Coupon = "coupon";
    public const string FlashSale = "flashSale";
    public const string Bargain = "bargain";
    public const string Draw = "draw";
    public const string CoHost = "cohost";
    public const string Layout = "layout";
    public const string HandOff = "handOff";
    public const string ClickToken = "clickToken";
    public const string Comment = "comment";
    public const string Notice = "notice";
    public const string Tally = "tally";
    public const string Pong = "pong";

    /// <summary>The types that a merchant or the platform may publish with a body of their own, in words.</summary>
    public const string AllowedToPublish = "coupon, flashSale, bargain, draw, comment, notice";

    public static bool CanBePublished(string? type) =>
        type is Coupon or FlashSale or Bargain or Draw or Comment or Notice;

    public static OverlayClass ClassOf(string type) => type switch
    {
        Purchase => OverlayClass.Purchase,
        Comment or Notice => OverlayClass.Comment,
        Tally or Pong => OverlayClass.Tally,
        _ => OverlayClass.Shelf,
    };
}
