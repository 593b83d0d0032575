namespace MediaRelay.LoadGenerator.Interactions;

/// <summary>What an order event of the load is, and so what the server is to answer.</summary>
internal enum OrderKind
{
    /// <summary>A new order; to be accepted.</summary>
    Placed,

    /// <summary>An order reported again, as platforms do that got no answer; to be accepted with the first answer.</summary>
    Repeated,

    /// <summary>An order that was accepted before; to be accepted.</summary>
    Cancelled,

    /// <summary>An item under a merchant who never had it on the shelf; to be refused with 422.</summary>
    WrongOwner,
}
