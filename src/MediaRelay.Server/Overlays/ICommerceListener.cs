using MediaRelay.Commerce.Events;

namespace MediaRelay.Server.Overlays;

/// <summary>Wants to know what has become durable in commerce: overlays, mixers. Several may be registered.</summary>
internal interface ICommerceListener
{
    /// <summary>
    /// Called for one event after the other, in commit order, on one thread at a time; the next waits until it returns, so it
    /// must not wait for slow things. What it throws is logged and costs nobody else the event.
    /// </summary>
    void Handle(CommerceEvent commerceEvent);
}
