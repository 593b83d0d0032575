using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Reports;

/// <summary>How often something happened in a show.</summary>
/// <param name="MerchantId">Whose it is: the item's, the overlay's or the code's owner; the room's merchant for origins.</param>
/// <param name="Name">An item, an overlay's number, a code, or a room.</param>
public readonly record struct ShowCount(ShowId ShowId, ShowSubject Subject, MerchantId MerchantId, string Name, long Count);
