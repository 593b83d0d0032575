using System.Text;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Relay.Sessions;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Auth;
using MediaRelay.Server.HandOffs;
using MediaRelay.Server.Media;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Signaling;

/// <summary>A running session's address: trickle and ICE restart by PATCH (RFC 9725 §4.3), the end by DELETE (§4.2).</summary>
internal sealed class SessionEndpoints(AccessCheck access, RoomDirectory rooms, MediaHost media, HandOffDesk handOffs)
{
    public const string Fragment = "application/trickle-ice-sdpfrag";

    /// <summary>Strong, and another one after each ICE restart.</summary>
    public static string EntityTag(PeerSession session) => EntityTag(session.CurrentUfrag);

    public IResult Delete(HttpContext http, string roomId, string sessionId)
    {
        var (session, problem) = Find(http, roomId, sessionId);
        if (problem is not null)
        {
            return problem;
        }

        session!.RequestClose(CloseReason.Requested);
        return Results.Ok();
    }

    public async Task<IResult> PatchAsync(HttpContext http, string roomId, string sessionId)
    {
        var (session, problem) = Find(http, roomId, sessionId);
        if (problem is not null)
        {
            return problem;
        }

        if (RequestBody.CheckType(http, Fragment) is { } wrongType)
        {
            return wrongType;
        }

        var (body, tooLarge) = await RequestBody.ReadBytesAsync(http);
        if (tooLarge is not null)
        {
            return tooLarge;
        }

        if (!SdpFragment.TryParse(Encoding.UTF8.GetString(body!), out var fragment, out var error))
        {
            return HttpProblem.BadRequest("body", error, "an SDP fragment (RFC 8840)");
        }

        var condition = http.Request.Headers.IfMatch.ToString();
        if (condition.Length == 0)
        {
            return new ProblemResult
            {
                Kind = HttpProblemKind.PreconditionRequired,
                Detail = "If-Match is missing; allowed: the session's ETag to add candidates, \"*\" to restart ICE.",
                Field = "If-Match",
                Allowed = $"{EntityTag(session!)} or \"*\"",
            };
        }

        if (condition is "*" or "\"*\"")
        {
            return Restart(http, session!, fragment!);
        }

        // Candidates of the peer are of no use to an ICE-lite agent: it answers wherever a check comes from.
        return condition == EntityTag(session!)
            ? Results.NoContent()
            : HttpProblem.PreconditionFailed("If-Match", condition, EntityTag(session!));
    }

    private static string EntityTag(string ufrag) => $"\"{ufrag}\"";

    private IResult Restart(HttpContext http, PeerSession session, SdpFragment fragment)
    {
        var ufrag = fragment.IceUfrag ?? fragment.Sections.Select(section => section.IceUfrag).FirstOrDefault(found => found is not null);
        if (ufrag is null)
        {
            return HttpProblem.BadRequest("a=ice-ufrag", null, "the new user name fragment and password of the restart");
        }

        var credentials = session.RestartIce(ufrag);
        http.Response.Headers.ETag = EntityTag(credentials.Ufrag);

        // For the section that the peer names; with BUNDLE all have this transport.
        var named = fragment.Sections is [var first, ..] ? first : null;
        var section = new SdpFragmentSection(named?.MediaLine ?? "audio 9 UDP/TLS/RTP/SAVPF 0")
        {
            Mid = named?.Mid ?? "0",
            EndOfCandidates = true,
        };
        section.Candidates.AddRange(media.Relay.Options.PublicAddresses.Select(
            (address, index) => Candidate.Host(index, address.ToIPAddress().ToString(), address.Port)));
        var answer = new SdpFragment { IceLite = true, IceUfrag = credentials.Ufrag, IcePwd = credentials.Password };
        answer.Sections.Add(section);
        return Results.Text(answer.ToString(), Fragment);
    }

    private (PeerSession? Session, ProblemResult? Problem) Find(HttpContext http, string roomId, string sessionId)
    {
        var (token, problem) = access.Identify(http);
        if (problem is not null)
        {
            return (null, problem);
        }

        var room = rooms.Find(roomId);
        var session = media.Relay.FindSession(sessionId);
        var isWhip = http.Request.Path.StartsWithSegments("/whip", StringComparison.OrdinalIgnoreCase);
        var permitted = isWhip
            ? token is not null && Permissions.CanPublish(token, roomId, room?.Facts)
            : Permissions.CanWatch(token, roomId, room?.Facts) || (token is not null && Permissions.CanReturn(token, roomId, room?.Facts));
        if (!permitted)
        {
            return (null, AccessCheck.Refuse(token, "change this session"));
        }

        return session is null || handOffs.AddressOf(session) != roomId || session is PublisherSession != isWhip
            ? (null, HttpProblem.NotFound("session", sessionId))
            : (session, null);
    }
}
