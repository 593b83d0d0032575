using System.Text;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;

namespace MediaRelay.Protocols.Tests.Ice;

public sealed class IceClientAgentTests
{
    private static readonly TransportAddress Live = TransportAddress.FromIPv4(0xC000_0201, 7882);
    private static readonly TransportAddress Dead = TransportAddress.FromIPv4(0x0A00_0001, 7882);
    private static readonly TransportAddress AlsoDead = TransportAddress.FromIPv4(0x0A00_0002, 7882);
    private static readonly TransportAddress Own = TransportAddress.FromIPv4(0xC633_6401, 40_000);
    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1000);

    private readonly byte[] _buffer = new byte[StunMessageWriter.MaxBindingLength];

    [Fact]
    public void Checks_OneCandidate_ConnectInTwoRoundTrips()
    {
        var link = new IceLink(Network(1), Live, Live);
        var begin = link.Now;

        link.Run(TimeSpan.FromSeconds(5), () => link.Client.State == IceClientState.Connected);

        Assert.Equal(IceClientState.Connected, link.Client.State);
        Assert.Equal(TimeSpan.FromMilliseconds(40), link.Now - begin);
        Assert.Equal(Live, link.Client.SelectedPath?.Remote);
        Assert.Equal(link.ServerPath, link.Server.SelectedPath);
    }

    [Fact]
    public void Checks_DeadCandidatesFirst_AreSpacedByFiftyMilliseconds()
    {
        var link = new IceLink(Network(2), Live, Dead, AlsoDead, Live);
        var begin = link.Now;

        link.Run(TimeSpan.FromSeconds(5), () => link.Client.State == IceClientState.Connected);

        Assert.Equal(TimeSpan.FromMilliseconds(140), link.Now - begin);
        Assert.Equal(2, link.SentToNobody);
        Assert.Equal(Live, link.Client.SelectedPath?.Remote);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Checks_ThirtyPercentLoss_StillConnect(int seed)
    {
        var network = Network(seed).Configure(conditions => conditions.Loss = 0.3);
        var link = new IceLink(network, Live, Dead, Live);

        link.Run(TimeSpan.FromSeconds(40), () => link.Client.State == IceClientState.Connected);

        Assert.True(link.Client.State == IceClientState.Connected, network.ToString());
    }

    [Fact]
    public void Checks_NobodyAnswers_FailAfterAllRepetitions()
    {
        var link = new IceLink(Network(6), Live, Dead, AlsoDead);

        link.Run(TimeSpan.FromSeconds(60), () => link.Client.State == IceClientState.Failed);

        // 7 sends, the last after 500 ms × (1 + 2 + … + 32) = 31.5 s, and 8 s of waiting (RFC 8489 §6.2.1).
        Assert.Equal(IceClientState.Failed, link.Client.State);
        Assert.Equal(14, link.SentToNobody);
        Assert.Equal(Timestamp.FromMilliseconds(1000) + TimeSpan.FromSeconds(39.55), link.Now);
        Assert.Equal(Timestamp.Never, link.Client.NextTimeout);
        Assert.False(link.Client.TryWriteDatagram(_buffer, out _, out _));
    }

    [Fact]
    public void Consent_Kept_OutlastsMinutes()
    {
        var link = new IceLink(Network(7).Configure(conditions => conditions.Loss = 0.05), Live, Live);
        link.Run(TimeSpan.FromMinutes(10), () => link.Client.State == IceClientState.Failed || link.Server.IsExpired);

        Assert.Equal(IceClientState.Connected, link.Client.State);
        Assert.False(link.Server.IsExpired);
    }

    [Fact]
    public void Consent_PathCut_BothSidesGiveUpAfterThirtySeconds()
    {
        var link = new IceLink(Network(8), Live, Live);
        link.Run(TimeSpan.FromSeconds(12), () => false);
        link.IsCut = true;
        var cut = link.Now;

        link.Run(TimeSpan.FromMinutes(2), () => link.Client.State == IceClientState.Failed && link.Server.IsExpired);

        Assert.Equal(IceClientState.Failed, link.Client.State);
        Assert.Null(link.Client.SelectedPath);
        Assert.True(link.Server.IsExpired);
        Assert.InRange((link.Now - cut).TotalSeconds, 24, 30.1);
    }

    [Fact]
    public void Restart_BothSides_MovesToTheNewCredentialsWhileThePathHolds()
    {
        var link = new IceLink(Network(8), Live, Dead, Live);
        link.Run(TimeSpan.FromSeconds(5), () => link.Client.State == IceClientState.Connected);
        var (local, remote) = (IceCredentials.Create(), IceCredentials.Create());
        link.Server.Restart(remote, local.Ufrag);
        link.Client.Restart(link.Now, local, remote);
        Assert.Equal(Live, link.Client.SelectedPath?.Remote);
        Assert.NotEqual(local.Ufrag, link.Client.NominatedUfrag);

        link.Run(TimeSpan.FromSeconds(5), () => link.Client.NominatedUfrag == local.Ufrag);
        Assert.Equal((IceClientState.Connected, Live), (link.Client.State, link.Client.SelectedPath!.Value.Remote));
        Assert.Null(link.Server.Previous);
        link.Run(TimeSpan.FromMinutes(2), () => link.Client.State == IceClientState.Failed);
        Assert.Equal(IceClientState.Connected, link.Client.State);
        Assert.False(link.Server.IsExpired);
    }

    [Fact]
    public void Restart_NobodyAnswersTheNewChecks_ThePathHoldsWhileThereIsConsent()
    {
        var link = new IceLink(Network(9), Live, Live);
        link.Run(TimeSpan.FromSeconds(5), () => link.Client.State == IceClientState.Connected);
        link.Client.Restart(link.Now, IceCredentials.Create(), IceCredentials.Create());
        link.Run(TimeSpan.FromSeconds(20), () => link.Client.State == IceClientState.Failed);

        Assert.Equal((IceClientState.Connected, Live), (link.Client.State, link.Client.SelectedPath!.Value.Remote));
        link.Run(TimeSpan.FromSeconds(40), () => link.Client.State == IceClientState.Failed);
        Assert.Equal(IceClientState.Failed, link.Client.State);
    }

    [Fact]
    public void HandleDatagram_AnswerFromElsewhereOrForged_IsDropped()
    {
        var agent = CreateAgent(out var remote);
        agent.Start(Start);
        Assert.True(agent.TryWriteDatagram(_buffer, out var length, out var path));
        Assert.True(StunMessage.TryParse(_buffer.AsSpan(0, length), out var request));
        var answer = Answer(request.TransactionId, remote.Password);
        var forged = Answer(request.TransactionId, "a guess");
        var stale = Answer(TransactionId.Create(), remote.Password);

        Assert.Equal(DropReason.StunUnauthenticated, agent.HandleDatagram(Start, forged, path).Drop);
        Assert.Equal(DropReason.StunUnexpected, agent.HandleDatagram(Start, stale, path).Drop);
        Assert.Equal(DropReason.StunUnexpected, agent.HandleDatagram(Start, answer, path with { Remote = Dead }).Drop);
        Assert.True(agent.HandleDatagram(Start, answer, path).IsAuthenticated);
        Assert.Equal(DropReason.StunUnexpected, agent.HandleDatagram(Start, answer, path).Drop);
    }

    [Fact]
    public void HandleDatagram_CheckOfThePeer_IsAnswered()
    {
        var agent = CreateAgent(out var remote);
        var path = new NetworkPath(Own, Live);
        var check = IceRequests.Check(agent.Local, remoteUfrag: remote.Ufrag, isControlled: true);

        Assert.True(agent.HandleDatagram(Start, check, path).IsAuthenticated);
        Assert.True(agent.TryWriteDatagram(_buffer, out var length, out var answerPath));
        Assert.Equal(path, answerPath);
        Assert.True(StunMessage.TryParse(_buffer.AsSpan(0, length), out var answer));
        Assert.Equal(StunMessageType.BindingSuccess, answer.Type);

        var conflict = IceRequests.Check(agent.Local, remoteUfrag: remote.Ufrag);
        Assert.Equal(IceOutcome.Rejected, agent.HandleDatagram(Start, conflict, path).Outcome);
        var stranger = IceRequests.Check(agent.Local with { Password = "wrong" }, remoteUfrag: remote.Ufrag);
        Assert.Equal(DropReason.StunUnauthenticated, agent.HandleDatagram(Start, stranger, path).Drop);
    }

    [Fact]
    public void Constructor_NoCandidates_Throws()
    {
        var credentials = IceCredentials.Create();
        Assert.Throws<ArgumentException>(() => new IceClientAgent(credentials, credentials, Own, [], new Random(1)));
    }

    private static VirtualNetwork Network(int seed) =>
        new VirtualNetwork(seed).Configure(conditions => conditions.Delay = TimeSpan.FromMilliseconds(10));

    private static IceClientAgent CreateAgent(out IceCredentials remote)
    {
        remote = IceCredentials.Create();
        return new IceClientAgent(IceCredentials.Create(), remote, Own, [Live], new Random(1));
    }

    private static byte[] Answer(TransactionId transactionId, string password)
    {
        var buffer = new byte[StunMessageWriter.MaxBindingLength];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingSuccess, transactionId);
        writer.AddMappedAddress(Own);
        writer.AddIntegrity(Encoding.ASCII.GetBytes(password));
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }
}
