using System.Diagnostics.CodeAnalysis;
using System.Text;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Relay.Sessions;
using MediaRelay.Server.Admission;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Signaling;

/// <summary>
/// WHIP (RFC 9725) and WHEP: an offer in, an answer out; the checks in the contract's order, none with a side effect before the last.
/// </summary>
internal sealed class SignalingEndpoints(
    AccessCheck access, RoomDirectory rooms, MediaHost media, OverlayHub overlays, JoinGate gate, JoinMetrics metrics)
{
    private const string Sdp = "application/sdp";

    private delegate SessionOutcome MakeSession(Protocols.Time.Timestamp now, RoomEntry room, string identity, AcceptableOffer offer);

    public Task<IResult> PublishAsync(HttpContext http, string roomId) => AnswerAsync(
        http, roomId, "whip", "publish in this room",
        (token, room) => token is not null && Permissions.CanPublish(token, roomId, room?.Facts),
        (now, room, identity, offer) => media.Relay.Publish(now, rooms.Open(now, room), identity, offer));

    public Task<IResult> WatchAsync(HttpContext http, string roomId) => AnswerAsync(
        http, roomId, "whep", "watch this room",
        (token, room) => Permissions.CanWatch(token, roomId, room?.Facts),
        (now, room, identity, offer) => Watch(http, now, room, identity, offer));

    public Task<IResult> ReturnAsync(HttpContext http, string roomId) => AnswerAsync(
        http, roomId, "return", "take the return feed of this room",
        (token, room) => token is not null && Permissions.CanReturn(token, roomId, room?.Facts),
        (now, room, identity, offer) => media.Relay.Watch(
            now, rooms.Open(now, room), isReturn: true, identity, offer, overlays.MakeViewer(room.Id, ViewerId.Parse(identity))));

    private SessionOutcome Watch(HttpContext http, Protocols.Time.Timestamp now, RoomEntry room, string identity, AcceptableOffer offer)
    {
        var viewerId = ViewerId.Parse(identity);
        var application = overlays.MakeViewer(room.Id, viewerId);
        var running = rooms.Open(now, room);
        var outcome = media.Relay.Watch(now, running, isReturn: false, identity, offer, application);
        if (outcome.What == SessionOutcome.Status.Created)
        {
            rooms.NoteJoin(room, viewerId, http.Request.Query["share"]);
            rooms.PrepareSlate(running, room);
        }

        return outcome;
    }

    private async Task<IResult> AnswerAsync(
        HttpContext http, string roomId, string kind, string doing, Func<AccessToken?, RoomEntry?, bool> permits, MakeSession make)
    {
        var started = media.Now;
        var (token, problem) = access.Identify(http);
        if (problem is not null)
        {
            return Refused(kind, problem);
        }

        var room = rooms.Find(roomId);
        if (!permits(token, room))
        {
            return Refused(kind, AccessCheck.Refuse(token, doing));
        }

        if (room is null)
        {
            return Refused(kind, HttpProblem.NotFound("room", roomId));
        }

        if (RequestBody.CheckType(http, Sdp) is { } wrongType)
        {
            return Refused(kind, wrongType);
        }

        var identity = token is { Identity.Length: > 0 } ? token.Identity : overlays.MakeViewerId();
        if (!ViewerId.TryParse(identity, out _))
        {
            return Refused(kind, HttpProblem.BadRequest("sub", identity, Identifier.Allowed));
        }

        var (body, tooLarge) = await RequestBody.ReadBytesAsync(http);
        if (tooLarge is not null)
        {
            return Refused(kind, tooLarge);
        }

        // What no moment would mend is said first, whatever the moment, and counts towards no limit. Reading takes some 30 µs and keeps
        // nothing; a session's cost is its handshake.
        if (!TryRead(kind, room, identity, Encoding.UTF8.GetString(body!), out var offer, out var unacceptable))
        {
            return Refused(kind, Explain(unacceptable));
        }

        if ((kind == "whep" ? gate.RefuseViewer(http, room.Id) : gate.RefuseHost(http)) is { } refusal)
        {
            return TurnedAway(kind, refusal);
        }

        var outcome = make(started, room, identity, offer);
        switch (outcome.What)
        {
            case SessionOutcome.Status.Created:
                break;
            case SessionOutcome.Status.Overloaded:
                return TurnedAway(kind, gate.Explain(outcome));
            default:
                return Refused(kind, Explain(outcome));
        }

        metrics.Accepted(kind, media.Now - started);
        return new SessionCreated(http, roomId, kind, outcome);
    }

    private bool TryRead(
        string kind, RoomEntry room, string identity, string offer, [NotNullWhen(true)] out AcceptableOffer? acceptable,
        [NotNullWhen(false)] out SessionOutcome? refusal) => kind == "whip"
        ? media.Relay.TryReadHost(room.Id.Value, identity, offer, room.FixedCodec, out acceptable, out refusal)
        : media.Relay.TryReadViewer(room.Id.Value, isReturn: kind == "return", takesData: true, offer, out acceptable, out refusal);

    private IResult Refused(string kind, ProblemResult problem)
    {
        metrics.Refused(kind);
        return problem;
    }

    private IResult TurnedAway(string kind, JoinRefusal refusal)
    {
        metrics.TurnedAway(kind, refusal);
        return refusal.Problem;
    }

    private static ProblemResult Explain(SessionOutcome outcome) => outcome.What switch
    {
        SessionOutcome.Status.Malformed => HttpProblem.BadRequest("offer", outcome.Reason, "an SDP offer (RFC 8866, RFC 3264)"),
        SessionOutcome.Status.Unprocessable => HttpProblem.Unprocessable("offer", outcome.Reason, "a=setup:actpass or a=setup:active"),
        SessionOutcome.Status.Conflict => HttpProblem.Conflict(outcome.Reason!),
        SessionOutcome.Status.NotFound => new ProblemResult { Kind = HttpProblemKind.NotFound, Detail = outcome.Reason! },
        _ => HttpProblem.NotAcceptable(outcome.Reason!),
    };

    /// <summary>201 with the answer; the location is the session's own address.</summary>
    private sealed class SessionCreated(HttpContext request, string roomId, string kind, SessionOutcome outcome) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = request.Response;
            var session = outcome.Session!;
            response.StatusCode = StatusCodes.Status201Created;
            response.ContentType = Sdp;
            response.Headers.Location = $"/{(kind == "whip" ? "whip" : "whep")}/{Uri.EscapeDataString(roomId)}/sessions/{session.Id}";
            response.Headers.ETag = SessionEndpoints.EntityTag(session);
            response.Headers.Append("Accept-Patch", SessionEndpoints.Fragment);
            await response.WriteAsync(outcome.Answer!, Encoding.UTF8, httpContext.RequestAborted);
        }
    }
}
