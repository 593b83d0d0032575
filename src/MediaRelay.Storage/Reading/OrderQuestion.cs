using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Storage.Reading;

/// <summary>What is kept of an order, and which order an event id belongs to.</summary>
internal readonly record struct OrderQuestion(OrderId OrderId, EventId? EventId);
