namespace MediaRelay.Server.Api;

/// <summary>Tells whether another co-host session can be mixed. Not registered where no media runs.</summary>
internal interface ICoHostCapacity
{
    /// <summary>
    /// Why no worker can mix <paramref name="rooms"/> rooms now (a missing GStreamer element by name, a limit), as a sentence for the
    /// caller; null when one can.
    /// </summary>
    string? WhyNone(int rooms);
}
