namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>What a part of a picture is, on average.</summary>
internal enum Colour
{
    /// <summary>Nothing to be seen.</summary>
    Black,

    /// <summary>The host of room A.</summary>
    Red,

    /// <summary>The host of room B.</summary>
    Blue,

    /// <summary>A slate, or a mixture.</summary>
    Other,
}
