using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Overlays.Incoming;

/// <summary>What a viewer said, with all fields checked.</summary>
public abstract record ViewerMessage;

/// <summary>Likes since the last such message, 1 to 1000.</summary>
public sealed record LikeMessage(int Count) : ViewerMessage;

/// <summary>1 to 500 characters without control characters.</summary>
public sealed record CommentMessage(string Text) : ViewerMessage;

public sealed record ShareMessage(ShareCode ShareCode) : ViewerMessage;

public sealed record FollowMessage(MerchantId MerchantId) : ViewerMessage;

public sealed record FavoriteMessage(ItemKey Item) : ViewerMessage;

public sealed record AddToCartMessage(ItemKey Item) : ViewerMessage;

/// <summary>A click on an item of a shelf or overlay.</summary>
public sealed record ItemClickMessage(ItemKey Item, long? OverlaySeq) : ViewerMessage;

/// <summary>A tap on the picture: x and y from 0 to 1, from the top left.</summary>
public sealed record PictureClickMessage(double X, double Y, long? OverlaySeq) : ViewerMessage;

public sealed record ClaimMessage(MerchantId MerchantId, string CouponId) : ViewerMessage;

public sealed record EnterMessage(MerchantId MerchantId, string DrawId) : ViewerMessage;

public sealed record HelpMessage(MerchantId MerchantId, string BargainId) : ViewerMessage;

/// <summary>The relay's message with this number arrived.</summary>
public sealed record ReceiptMessage(long Seq) : ViewerMessage;

/// <summary>What came after this number was missed.</summary>
public sealed record ResumeMessage(long AfterSeq) : ViewerMessage;

/// <param name="T">The viewer's own time, as it was encoded: a number.</param>
public sealed record PingMessage(ReadOnlyMemory<byte> T) : ViewerMessage;
