namespace MediaRelay.Server.Api;

/// <summary>Tells whether another co-host session can be mixed. Not registered where no media runs.</summary>
internal interface ICoHostCapacity
{
    /// <summary>
    /// Why no worker can mix <paramref name="rooms"/> rooms now (a missing GStreamer element by name, a limit), as a sentence for the
    /// caller; null when one can.
    /// </summary>
    string? WhyNone(int rooms);

    /// <summary>
    /// The same for a session that begins with this request: when it can be mixed its place is held for a moment, so that requests at the
    /// same time do not all get the last one.
    /// </summary>
    string? WhyNoneToBegin(int rooms);
}
