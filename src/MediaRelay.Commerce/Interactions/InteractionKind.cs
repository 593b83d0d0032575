namespace MediaRelay.Commerce.Interactions;

/// <summary>What a viewer did.</summary>
public enum InteractionKind
{
    Like,

    /// <summary>Shown to the room, after moderation.</summary>
    Comment,

    Share,
    Follow,
    Favorite,
    AddToCart,

    /// <summary>On an item of a shelf or overlay.</summary>
    Click,

    /// <summary>On the picture.</summary>
    Tap,

    /// <summary>Of a coupon.</summary>
    Claim,

    /// <summary>Into a draw.</summary>
    Enter,

    /// <summary>With a bargain.</summary>
    Help,
}
