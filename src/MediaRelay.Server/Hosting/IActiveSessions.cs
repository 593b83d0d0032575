namespace MediaRelay.Server.Hosting;

/// <summary>Sessions that a drain waits for: media, WebSocket. Several may be registered; their counts add up.</summary>
internal interface IActiveSessions
{
    /// <summary>Sessions that run now. Any thread may ask.</summary>
    int Count { get; }
}
