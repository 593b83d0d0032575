using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>Reads the answer to an offer of ours and checks that it stays within it (RFC 3264 §6, §7).</summary>
public static class AnswerReader
{
    /// <summary>False when the answer breaks the rules or accepts nothing; <paramref name="error"/> says which field and why.</summary>
    public static bool TryRead(
        SessionDescription offer,
        SessionDescription answer,
        [NotNullWhen(true)] out NegotiatedSession? session,
        [NotNullWhen(false)] out string? error)
    {
        session = null;
        if (offer.Media.Count != answer.Media.Count)
        {
            error = $"the answer has {answer.Media.Count} m-sections; allowed are the offer's {offer.Media.Count} (RFC 3264 §6)";
            return false;
        }

        if (!BundlePlan.TryRead(answer, out var bundle, out var malformed))
        {
            error = malformed.Message;
            return false;
        }

        var accepted = new List<MediaSection>();
        var media = new List<NegotiatedMedia>();
        NegotiatedData? data = null;
        for (var index = 0; index < answer.Media.Count; index++)
        {
            var section = answer.Media[index];
            var problem = CheckSection(offer.Media[index], section, bundle);
            if (problem is null && bundle.IsLive(section))
            {
                accepted.Add(section);
                problem = TakeSection(index, offer.Media[index], section, media, ref data);
            }

            if (problem is not null)
            {
                error = $"m-section {index} of the answer: {problem}";
                return false;
            }
        }

        if (accepted.Count == 0)
        {
            error = "the answer rejects every m-section";
            return false;
        }

        if (!TryReadTransport(answer, bundle.FindTransportSection(accepted), out var remote, out error))
        {
            return false;
        }

        session = new NegotiatedSession
        {
            Answer = answer,
            RemoteIceUfrag = remote.IceUfrag,
            RemoteIcePwd = remote.IcePwd,
            IsRemoteIceLite = answer.IceLite,
            RemoteFingerprints = remote.Fingerprints,
            IsDtlsServer = remote.Setup == DtlsSetup.Active,
            RemoteCandidates = accepted.SelectMany(section => section.Candidates).Distinct().ToList(),
            ExtensionMapAllowMixed = offer.ExtensionMapAllowMixed && answer.ExtensionMapAllowMixed,
            Media = media,
            Data = data,
        };
        return true;
    }

    private static string? CheckSection(MediaSection offered, MediaSection answered, BundlePlan bundle)
    {
        if (answered.KindToken != offered.KindToken)
        {
            return $"m={SdpText.Quote(answered.KindToken)}; allowed is {offered.KindToken}, as offered";
        }

        if (!bundle.IsLive(answered))
        {
            return null;
        }

        if (answered.Mid != offered.Mid)
        {
            return $"a=mid:{SdpText.Quote(answered.Mid)}; allowed is {SdpText.Quote(offered.Mid)}, as offered";
        }

        return bundle.Covers(answered) ? null : "not in a=group:BUNDLE; all sections must share one transport (RFC 9143)";
    }

    private static string? TakeSection(
        int index, MediaSection offered, MediaSection answered, List<NegotiatedMedia> media, ref NegotiatedData? data)
    {
        switch (answered.Kind)
        {
            case MediaKind.Application:
                data = new NegotiatedData(
                    index,
                    answered.Mid,
                    (ushort)(answered.SctpPort ?? NegotiatedData.DefaultSctpPort),
                    answered.MaxMessageSize ?? NegotiatedData.DefaultMaxMessageSize);
                return null;

            case MediaKind.Audio or MediaKind.Video:
                var problem = CheckMedia(offered, answered);
                if (problem is null)
                {
                    media.Add(Describe(index, offered, answered));
                }

                return problem;

            default:
                return "accepted, though we cannot use it";
        }
    }

    private static string? CheckMedia(MediaSection offered, MediaSection answered)
    {
        var direction = answered.Direction;
        if ((direction.Sends() && !offered.Direction.Receives()) || (direction.Receives() && !offered.Direction.Sends()))
        {
            return $"a={direction.ToToken()} answers a={offered.Direction.ToToken()} (RFC 3264 §6.1)";
        }

        if (!answered.RtcpMux)
        {
            return "a=rtcp-mux is missing (RFC 5761 §5.1.1)";
        }

        foreach (var format in answered.Formats)
        {
            var same = offered.FindFormat(format.PayloadType);
            if (same is null || !same.Is(format.Name) || same.ClockRate != format.ClockRate || same.Channels != format.Channels)
            {
                return $"payload type {format.PayloadType} is not what was offered (RFC 3264 §6.1)";
            }
        }

        foreach (var extension in answered.Extensions)
        {
            if (!offered.Extensions.Exists(candidate => candidate.Id == extension.Id && candidate.Uri == extension.Uri))
            {
                return $"a=extmap:{extension.Id} is not what was offered (RFC 8285 §7)";
            }
        }

        return answered.Formats.Exists(format => CodecSelection.Identify(format) is not null)
            ? null
            : "no usable codec";
    }

    private static NegotiatedMedia Describe(int index, MediaSection offered, MediaSection answered)
    {
        var codecs = new List<NegotiatedCodec>();
        foreach (var format in answered.Formats)
        {
            if (CodecSelection.Identify(format) is { } codec)
            {
                var agreed = FeedbackKindsText.Of(offered, offered.FindFormat(format.PayloadType)!);
                codecs.Add(CodecSelection.Describe(answered, format, codec, agreed));
            }
        }

        var sends = answered.Direction.Receives();
        var local = sends ? NegotiatedSource.ReadAll(offered).FirstOrDefault() : null;
        var usesRtx = codecs.Exists(codec => codec.RtxPayloadType is not null);
        return new NegotiatedMedia
        {
            Index = index,
            Mid = answered.Mid,
            Kind = answered.Kind,
            Direction = answered.Direction.Reverse(),
            Codecs = codecs,
            Extensions = ReadExtensions(answered),
            ReducedSizeRtcp = offered.RtcpReducedSize && answered.RtcpReducedSize,
            RemoteSources = answered.Direction.Sends() ? NegotiatedSource.ReadAll(answered) : [],
            LocalSource = usesRtx || local is null ? local : local with { RtxSsrc = null },
            Rids = ReadRids(offered, answered),
            RemoteMsid = answered.Direction.Sends() ? answered.Msid : null,
        };
    }

    private static Dictionary<string, byte> ReadExtensions(MediaSection answered)
    {
        var extensions = new Dictionary<string, byte>(StringComparer.Ordinal);
        foreach (var extension in answered.Extensions)
        {
            // Ids beyond a byte cannot stand in a packet; an offer of ours never has them.
            if (extension.Id <= byte.MaxValue)
            {
                extensions.TryAdd(extension.Uri, (byte)extension.Id);
            }
        }

        return extensions;
    }

    private static List<string> ReadRids(MediaSection offered, MediaSection answered)
    {
        var received = answered.Simulcast?.Receive ?? [];
        return (offered.Simulcast?.Send ?? []).Where(received.Contains).ToList();
    }

    private static bool TryReadTransport(
        SessionDescription answer,
        MediaSection section,
        [NotNullWhen(true)] out RemoteTransport? remote,
        [NotNullWhen(false)] out string? error)
    {
        if (!RemoteTransport.TryRead(answer, section, out remote, out var problem))
        {
            error = problem.Message;
            return false;
        }

        // RFC 4145 §4.1: without the attribute the answerer is passive.
        if (remote.Setup is DtlsSetup.ActPass or DtlsSetup.HoldConn)
        {
            error = $"a=setup:{remote.Setup.Value.ToToken()} in an answer; allowed are active and passive (RFC 8842 §5.3)";
            return false;
        }

        error = null;
        return true;
    }
}
