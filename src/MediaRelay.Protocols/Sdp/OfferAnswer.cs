using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// Answers offers (RFC 3264) as an ICE-lite, DTLS-passive server with one transport (RFC 9429, RFC 9143). Payload types, extension ids,
/// mids and the order of sections are the offerer's.
/// </summary>
public static class OfferAnswer
{
    /// <summary>
    /// Makes the answer, or says why there is none. The rules for sections that are not accepted stand at
    /// <see cref="SectionSelection"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The policy is for a subscriber and announces no streams.</exception>
    public static bool TryAnswer(
        SessionDescription offer,
        AnswerPolicy policy,
        LocalTransport transport,
        [NotNullWhen(true)] out NegotiatedSession? session,
        [NotNullWhen(false)] out AnswerError? error)
    {
        session = null;
        if (offer.IceLite)
        {
            error = AnswerError.NotAcceptable(
                "a=ice-lite; an offerer must be a full ICE agent, since this server is lite (RFC 8445 §2.5)");
            return false;
        }

        if (!BundlePlan.TryRead(offer, out var bundle, out error))
        {
            return false;
        }

        var selection = new SectionSelection(offer, policy, bundle);
        if (!selection.TrySelect(out error)
            || !RemoteTransport.TryRead(offer, bundle.FindTransportSection(selection.Accepted), out var remote, out error)
            || !TryCheckSetup(remote.Setup, out error))
        {
            return false;
        }

        session = new NegotiatedSession
        {
            Answer = new AnswerBuilder(offer, policy, transport, bundle, selection).Build(),
            RemoteIceUfrag = remote.IceUfrag,
            RemoteIcePwd = remote.IcePwd,
            RemoteFingerprints = remote.Fingerprints,
            RemoteCandidates = remote.Candidates,
            IsDtlsServer = true,
            ExtensionMapAllowMixed =
                offer.ExtensionMapAllowMixed || selection.Accepted.TrueForAll(section => section.ExtensionMapAllowMixed),
            Media = selection.Media,
            Data = selection.Data,
        };
        return true;
    }

    // We are always passive: the client knows when its checks have passed, and so when a ClientHello has a chance. RFC 4145 §4.1 has a
    // missing attribute mean active.
    private static bool TryCheckSetup(DtlsSetup? setup, [NotNullWhen(false)] out AnswerError? error)
    {
        error = setup is null or DtlsSetup.ActPass or DtlsSetup.Active
            ? null
            : AnswerError.Unprocessable(
                $"a=setup:{setup.Value.ToToken()}; allowed are actpass and active, since the server waits for the ClientHello");
        return error is null;
    }
}
