using MediaRelay.Commerce;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Api;

/// <summary>How a co-host session stands in answers.</summary>
internal static class CoHostViews
{
    public static CoHostResponse Show(CommerceService commerce, CoHostSession session) => new(
        session.Id.Value,
        NameOf(session.State),
        [.. session.Rooms.Select(room => room.RoomId.Value)],
        [.. session.Rooms.Select(room => ShowMember(commerce, session, room))],
        LayoutJson.Write(session.Layout),
        session.InvitedBy?.Value,
        session.InvitedAt,
        session.ExpiresAt,
        session.ActiveAt,
        session.EndedAt);

    public static string NameOf(CoHostState state) => state switch
    {
        CoHostState.Invited => "invited",
        CoHostState.Active => "active",
        CoHostState.Declined => "declined",
        CoHostState.Cancelled => "cancelled",
        CoHostState.Expired => "expired",
        CoHostState.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    private static CoHostMemberResponse ShowMember(CommerceService commerce, CoHostSession session, CoHostRoom room)
    {
        var consent = session.Consents.FirstOrDefault(given => given.MerchantId == room.MerchantId);
        var name = commerce.GetMerchant(room.MerchantId).TryGet(out var merchant, out _) ? merchant.Name : room.MerchantId.Value;
        return new CoHostMemberResponse(
            room.RoomId.Value, room.MerchantId.Value, name, consent is not null, consent?.At,
            consent is null ? null : consent.IsByPlatform ? "platform" : "merchant");
    }
}
