using System.Globalization;
using MediaRelay.Commerce.CoHosting;

namespace MediaRelay.Commerce.Replay;

/// <summary>A session as one line of text: equal sessions have equal lines.</summary>
internal static class SessionText
{
    public static string Of(CoHostSession session) => string.Create(
        CultureInfo.InvariantCulture,
        $"{session.Id} {session.State} {session.Layout.Name} [{string.Join(' ', session.Layout.Tiles)}] [{string.Join(' ', session.Rooms)}] {session.InvitedAt:O} {session.ActiveAt:O} {session.EndedAt:O}");
}
