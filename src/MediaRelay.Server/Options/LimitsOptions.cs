namespace MediaRelay.Server.Options;

/// <summary>
/// <c>MediaRelay:Limits</c>: bounds that keep one node predictable; 0 switches a bound off. At a bound: 503 (429 where it
/// counts one identity) with <c>Retry-After</c>, or a counted drop.
/// </summary>
internal sealed class LimitsOptions
{
    public const string Section = "MediaRelay:Limits";

    /// <summary>Rooms that exist at a time.</summary>
    public int Rooms { get; set; } = 1000;

    /// <summary>Viewers of one room at a time.</summary>
    public int ViewersPerRoom { get; set; } = 10_000;

    /// <summary>New sessions per second of the node; each costs a DTLS handshake.</summary>
    public int JoinsPerSecond { get; set; } = 500;

    /// <summary>New sessions per second and client address. Off by default: platforms sit behind proxies, which share one address.</summary>
    public int JoinsPerSecondPerAddress { get; set; }

    /// <summary>Sessions whose DTLS handshake is under way at a time.</summary>
    public int HalfOpenDtls { get; set; } = 2000;

    /// <summary>Viewers that a second are moved to other rooms: each starts there with a whole picture, like one who joins.</summary>
    public int HandOffsPerSecond { get; set; } = 500;

    /// <summary>Bytes of overlay messages that may wait for one viewer before shedding or a fresh snapshot.</summary>
    public int OverlayBytesPerViewer { get; set; } = 262_144;

    /// <summary>Bytes of one HTTP request's body.</summary>
    public int RequestBytes { get; set; } = 1_048_576;

    /// <summary>Likes per second that count for one viewer; the rest are dropped and counted.</summary>
    public int LikesPerSecondPerViewer { get; set; } = 10;

    /// <summary>Comments per second of one viewer; the rest are dropped and counted.</summary>
    public int CommentsPerSecondPerViewer { get; set; } = 1;
}
