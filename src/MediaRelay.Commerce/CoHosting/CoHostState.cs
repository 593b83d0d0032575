namespace MediaRelay.Commerce.CoHosting;

/// <summary>Where a co-host session stands.</summary>
public enum CoHostState
{
    /// <summary>Asked for; a merchant's consent is missing.</summary>
    Invited,

    /// <summary>Joined: all rooms show the mix.</summary>
    Active,

    /// <summary>A merchant said no.</summary>
    Declined,

    /// <summary>Withdrawn by who asked.</summary>
    Cancelled,

    /// <summary>Nobody answered in time.</summary>
    Expired,

    /// <summary>Was active and is over.</summary>
    Ended,
}
