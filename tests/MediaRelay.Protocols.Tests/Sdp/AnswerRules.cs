using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

/// <summary>What holds for every answer (RFC 3264 §6, RFC 9143 §7.3, RFC 9429 §5.3.1), checked on its text as the peer would read it.</summary>
internal static class AnswerRules
{
    public static void Check(SessionDescription offer, NegotiatedSession session)
    {
        var answer = SdpSamples.Parse(session.Answer.ToString());
        Assert.Equal(offer.Media.Count, answer.Media.Count);
        Assert.True(answer.IceLite);
        var live = new List<MediaSection>();
        for (var i = 0; i < offer.Media.Count; i++)
        {
            var (offered, answered) = (offer.Media[i], answer.Media[i]);
            Assert.Equal(offered.KindToken, answered.KindToken);
            Assert.Equal(offered.Protocol, answered.Protocol);
            Assert.Equal(offered.Mid, answered.Mid);
            if (answered.Port == 0)
            {
                Assert.True(!answered.IsRtp || answered.Direction == MediaDirection.Inactive);
                continue;
            }

            live.Add(answered);
            CheckTransport(answered);
            if (answered.IsRtp)
            {
                CheckRtp(offered, answered);
            }
        }

        CheckBundle(offer, answer, live);
        var carriers = live.FindAll(section => section.Candidates.Count > 0);
        var carrier = Assert.Single(carriers);
        Assert.True(carrier.EndOfCandidates);
        Assert.All(carrier.Candidates, candidate => Assert.True(candidate is { IsUdp: true, Component: 1 }));
        Assert.Equal(live.Count, session.Media.Count + (session.Data is null ? 0 : 1));
    }

    private static void CheckTransport(MediaSection answered)
    {
        Assert.Equal(SdpSamples.Server.IceUfrag, answered.Transport.IceUfrag);
        Assert.Equal(SdpSamples.Server.IcePwd, answered.Transport.IcePwd);
        Assert.Equal(SdpSamples.Fingerprint, Assert.Single(answered.Transport.Fingerprints).Value);
        Assert.Equal(DtlsSetup.Passive, answered.Transport.Setup);
    }

    private static void CheckRtp(MediaSection offered, MediaSection answered)
    {
        Assert.True(answered.RtcpMux);
        Assert.True(offered.RtcpReducedSize || !answered.RtcpReducedSize);
        Assert.True(answered.Direction == offered.Direction.Reverse() || offered.Direction == MediaDirection.SendRecv);
        Assert.NotEmpty(answered.Formats);
        foreach (var format in answered.Formats)
        {
            var same = offered.FindFormat(format.PayloadType);
            Assert.NotNull(same);
            Assert.Equal(same.Name, format.Name, ignoreCase: true);
            Assert.Equal(same.ClockRate, format.ClockRate);
            Assert.Equal(same.Channels, format.Channels);
            Assert.All(format.Feedback, feedback =>
                Assert.True(same.Feedback.Contains(feedback) || offered.FeedbackForAll.Contains(feedback)));
            if (format.Is("rtx"))
            {
                var apt = byte.Parse(format.Parameters["apt"]!);
                Assert.NotNull(answered.FindFormat(apt));
            }
        }

        foreach (var extension in answered.Extensions)
        {
            Assert.Contains(offered.Extensions, candidate => candidate.Id == extension.Id && candidate.Uri == extension.Uri);
        }

        Assert.Equal(answered.Direction.Sends(), answered.Msid is not null);
        Assert.Equal(answered.Direction.Sends(), answered.Sources.Count > 0);
        Assert.All(answered.Rids, rid => Assert.False(rid.IsSend));
    }

    private static void CheckBundle(SessionDescription offer, SessionDescription answer, List<MediaSection> live)
    {
        if (answer.Bundle is null)
        {
            Assert.Single(live);
            return;
        }

        Assert.NotNull(offer.Bundle);
        Assert.Equal(live.Select(section => section.Mid).Order(), answer.Bundle.Mids.Order());
        Assert.Equal(offer.Bundle.Mids.Where(answer.Bundle.Mids.Contains), answer.Bundle.Mids);
    }
}
