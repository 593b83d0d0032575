using MediaRelay.Client.Loops;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Client.Tests;

/// <summary>A viewer that answers the server's offer, as Janus's VideoRoom makes one.</summary>
public sealed class OfferedPeerTests : IDisposable
{
    private const string Fingerprint =
        "6B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08";

    private readonly ClientPeerContext _context = new(new Random(1));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryAnswer_OfferOfSoundAndPicture_IsReceivingDtlsClientWithinTheOffer(bool isLite)
    {
        var offer = Offer(isLite, ("192.0.2.1", 5000));
        var viewer = new HeadlessViewer(_context, new ViewerOptions());
        Assert.True(viewer.TryAnswer(offer.ToString(), out var text, out var error), error);

        Assert.True(SessionDescription.TryParse(text, out var answer, out error), error);
        Assert.False(answer.IceLite);
        Assert.All(answer.Media, section => Assert.Equal(DtlsSetup.Active, section.Transport.Setup));
        Assert.All(answer.Media, section => Assert.Equal(MediaDirection.RecvOnly, section.Direction));
        Assert.True(AnswerReader.TryRead(offer, answer, out var offerers, out error), error);
        Assert.True(offerers.IsDtlsServer);
        Assert.Equal(2, offerers.Media.Count);

        Assert.Equal(isLite, viewer.Session!.IsRemoteIceLite);
        Assert.False(viewer.Session.IsDtlsServer);
        Assert.Equal("remoteUfrag", viewer.Session.RemoteIceUfrag);
        Assert.NotNull(viewer.Audio);
        Assert.NotNull(viewer.Video);
    }

    [Fact]
    public void TryAnswer_OfferWithoutCandidate_IsRefused()
    {
        var viewer = new HeadlessViewer(_context, new ViewerOptions());
        Assert.False(viewer.TryAnswer(Offer(isLite: true).ToString(), out var answer, out var error));
        Assert.Null(answer);
        Assert.Contains("candidate", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryAnswer_OfferHoldsTheConnection_IsRefusedWithTheReason()
    {
        var offer = Offer(isLite: true, ("192.0.2.1", 5000));
        foreach (var section in offer.Media)
        {
            section.Transport.Setup = DtlsSetup.HoldConn;
        }

        var viewer = new HeadlessViewer(_context, new ViewerOptions());
        Assert.False(viewer.TryAnswer(offer.ToString(), out _, out var error));
        Assert.Contains("a=setup:holdconn", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryAnswer_NoSdp_IsRefusedWithTheReason()
    {
        var viewer = new HeadlessViewer(_context, new ViewerOptions());
        Assert.False(viewer.TryAnswer("{}", out _, out var error));
        Assert.NotEmpty(error);
    }

    public void Dispose() => _context.Dispose();

    private static SessionDescription Offer(bool isLite, params (string Address, int Port)[] candidates)
    {
        var offer = OfferBuilder.Build(
            new OfferOptions
            {
                Role = NegotiationRole.Publish,
                VideoCodecs = [SdpCodec.H264],
                Streams = new AnnouncedStreams("janus", "room", "a", "v", 1, 2, 3),
            },
            new LocalTransport("remoteUfrag", "remotePasswordOf22Characters", "sha-256", Fingerprint, candidates));
        offer.IceLite = isLite;
        return offer;
    }
}
