using System.Text;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;
using MediaRelay.Protocols.Time;
using static MediaRelay.Protocols.Tests.Ice.IceRequests;

namespace MediaRelay.Protocols.Tests.Ice;

public sealed class IceLiteAgentTests
{
    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1000);

    private readonly byte[] _buffer = new byte[StunMessageWriter.MaxBindingLength];

    [Fact]
    public void HandleDatagram_AuthenticCheck_IsAnsweredWithItsAddress()
    {
        var agent = CreateAgent();
        var check = Check(Local);

        var result = agent.HandleDatagram(Start, check, PathFrom(1));

        Assert.Equal(IceOutcome.AuthenticatedNewPath, result.Outcome);
        Assert.True(agent.TryWriteDatagram(_buffer, out var length, out var path));
        Assert.Equal(PathFrom(1), path);
        Assert.True(StunMessage.TryParse(_buffer.AsSpan(0, length), out var answer));
        Assert.Equal(StunMessageType.BindingSuccess, answer.Type);
        Assert.True(StunMessage.TryParse(check, out var request));
        Assert.Equal(request.TransactionId, answer.TransactionId);
        Assert.True(answer.TryReadMappedAddress(out var mapped));
        Assert.Equal(PathFrom(1).Remote, mapped);
        Assert.True(answer.TryVerifyIntegrity(Encoding.ASCII.GetBytes(Local.Password)));
        Assert.True(answer.TryVerifyFingerprint());
        Assert.False(agent.TryWriteDatagram(_buffer, out _, out _));

        Assert.Equal(IceOutcome.Authenticated, agent.HandleDatagram(Start, Check(Local), PathFrom(1)).Outcome);
    }

    [Fact]
    public void HandleDatagram_WrongPassword_IsDroppedAndProvesNothing()
    {
        var agent = CreateAgent();

        var result = agent.HandleDatagram(Start, Check(Local with { Password = "wrong" }, isNomination: true), PathFrom(1));

        Assert.Equal(new IceResult(IceOutcome.Dropped, DropReason.StunUnauthenticated), result);
        Assert.False(agent.IsAuthenticated(PathFrom(1).Remote));
        Assert.Null(agent.SelectedPath);
        Assert.False(agent.TryWriteDatagram(_buffer, out _, out _));
    }

    [Theory]
    [InlineData("localufrag00", "stranger")]
    [InlineData("localufrag", "peer")]
    [InlineData("localufrag000", "peer")]
    public void HandleDatagram_OtherUsername_IsDropped(string localUfrag, string remoteUfrag)
    {
        var agent = CreateAgent();
        var result = agent.HandleDatagram(
            Start, Check(Local with { Ufrag = localUfrag }, remoteUfrag: remoteUfrag), PathFrom(1));
        Assert.Equal(DropReason.StunUnauthenticated, result.Drop);
    }

    [Fact]
    public void HandleDatagram_RemoteUfragUnknown_AcceptsAny()
    {
        var agent = new IceLiteAgent(Local);
        Assert.True(agent.HandleDatagram(Start, Check(Local, remoteUfrag: "anybody"), PathFrom(1)).IsAuthenticated);
    }

    [Fact]
    public void HandleDatagram_CutOrAlteredAnywhere_IsNeverAuthenticated()
    {
        var agent = CreateAgent();
        var check = Check(Local);
        for (var length = 0; length < check.Length; length++)
        {
            Assert.Equal(IceOutcome.Dropped, agent.HandleDatagram(Start, check.AsSpan(0, length), PathFrom(1)).Outcome);
        }

        // The last 8 bytes are FINGERPRINT, which MESSAGE-INTEGRITY makes needless.
        for (var i = 0; i < check.Length - 8; i++)
        {
            var altered = check.ToArray();
            altered[i] ^= 0x10;
            Assert.False(agent.HandleDatagram(Start, altered, PathFrom(1)).IsAuthenticated, $"byte {i}");
        }

        Assert.False(agent.IsAuthenticated(PathFrom(1).Remote));
    }

    [Fact]
    public void HandleDatagram_Response_IsUnexpected()
    {
        var agent = CreateAgent();
        var response = Check(Local);
        response[0] = 1;
        response[1] = 1;
        Assert.Equal(DropReason.StunUnexpected, agent.HandleDatagram(Start, response, PathFrom(1)).Drop);
    }

    [Fact]
    public void HandleDatagram_UnknownRequiredAttribute_IsAnsweredWith420()
    {
        var agent = CreateAgent();

        var result = agent.HandleDatagram(Start, Check(Local, unknownAttribute: 0x7ABC), PathFrom(1));

        Assert.Equal(IceOutcome.Rejected, result.Outcome);
        Assert.False(agent.IsAuthenticated(PathFrom(1).Remote));
        Assert.True(agent.TryWriteDatagram(_buffer, out var length, out _));
        Assert.True(StunMessage.TryParse(_buffer.AsSpan(0, length), out var answer));
        Assert.Equal(420, answer.ErrorCode);
        Assert.Equal([0x7A, 0xBC], answer.RejectedAttributes.ToArray());
    }

    [Fact]
    public void HandleDatagram_UnknownOptionalAttribute_IsIgnored()
    {
        var agent = CreateAgent();
        Assert.True(agent.HandleDatagram(Start, Check(Local, unknownAttribute: 0xC057), PathFrom(1)).IsAuthenticated);
    }

    [Fact]
    public void HandleDatagram_PeerWantsToBeControlled_IsAnsweredWithRoleConflict()
    {
        var agent = CreateAgent();
        Assert.Equal(IceOutcome.Rejected, agent.HandleDatagram(Start, Check(Local, isControlled: true), PathFrom(1)).Outcome);
        Assert.True(agent.TryWriteDatagram(_buffer, out var length, out _));
        Assert.True(StunMessage.TryParse(_buffer.AsSpan(0, length), out var answer));
        Assert.Equal(487, answer.ErrorCode);
    }

    [Fact]
    public void HandleDatagram_AnswersNeverDrained_AreBounded()
    {
        var agent = CreateAgent();
        var drops = Enumerable.Range(0, 40)
            .Count(_ => agent.HandleDatagram(Start, Check(Local), PathFrom(1)).Drop == DropReason.QueueFull);
        Assert.Equal(24, drops);
    }

    [Fact]
    public void SelectedPath_FollowsTheLatestNomination()
    {
        var agent = CreateAgent();
        agent.HandleDatagram(Start, Check(Local), PathFrom(1));
        Assert.Equal(PathFrom(1), agent.SelectedPath);

        agent.HandleDatagram(Start, Check(Local), PathFrom(2));
        Assert.Equal(PathFrom(1), agent.SelectedPath);

        agent.HandleDatagram(Start, Check(Local, isNomination: true), PathFrom(2));
        Assert.Equal(PathFrom(2), agent.SelectedPath);

        agent.HandleDatagram(Start, Check(Local), PathFrom(1));
        Assert.Equal(PathFrom(2), agent.SelectedPath);

        agent.HandleDatagram(Start, Check(Local, isNomination: true), PathFrom(3));
        Assert.Equal(PathFrom(3), agent.SelectedPath);
    }

    [Fact]
    public void IsAuthenticated_MoreThanEightPaths_ForgetsTheOneUnusedLongestButNotTheSelected()
    {
        var agent = CreateAgent();
        agent.HandleDatagram(Start, Check(Local, isNomination: true), PathFrom(1));
        for (ushort port = 2; port <= 20; port++)
        {
            Assert.Equal(
                IceOutcome.AuthenticatedNewPath, agent.HandleDatagram(Start, Check(Local), PathFrom(port)).Outcome);
            agent.TryWriteDatagram(_buffer, out _, out _);
        }

        var known = Enumerable.Range(1, 20).Where(port => agent.IsAuthenticated(PathFrom((ushort)port).Remote));
        Assert.Equal([1, 14, 15, 16, 17, 18, 19, 20], known);
    }

    [Fact]
    public void Restart_OldCredentialsHoldUntilTheFirstCheckOnTheNew()
    {
        var agent = CreateAgent();
        agent.HandleDatagram(Start, Check(Local, isNomination: true), PathFrom(1));
        var renewed = IceCredentials.Create();

        agent.Restart(renewed, "peer2");
        Assert.Equal(renewed, agent.Local);
        Assert.Equal("peer2", agent.RemoteUfrag);
        Assert.Equal(PathFrom(1), agent.SelectedPath);
        Assert.True(agent.HandleDatagram(Start, Check(Local), PathFrom(1)).IsAuthenticated);
        Assert.Equal(IceOutcome.Dropped, agent.HandleDatagram(Start, Check(renewed), PathFrom(2)).Outcome);

        Assert.True(agent.HandleDatagram(Start, Check(renewed, remoteUfrag: "peer2"), PathFrom(2)).IsAuthenticated);
        Assert.Equal(PathFrom(1), agent.SelectedPath);
        Assert.Equal(DropReason.StunUnauthenticated, agent.HandleDatagram(Start, Check(Local), PathFrom(1)).Drop);

        agent.HandleDatagram(Start, Check(renewed, isNomination: true, remoteUfrag: "peer2"), PathFrom(2));
        Assert.Equal(PathFrom(2), agent.SelectedPath);
    }

    [Fact]
    public void Restart_AnswerToAnOldCheck_IsSignedWithTheOldPassword()
    {
        var agent = CreateAgent();
        agent.Restart(IceCredentials.Create());
        agent.HandleDatagram(Start, Check(Local), PathFrom(1));

        Assert.True(agent.TryWriteDatagram(_buffer, out var length, out _));
        Assert.True(StunMessage.TryParse(_buffer.AsSpan(0, length), out var answer));
        Assert.True(answer.TryVerifyIntegrity(Encoding.ASCII.GetBytes(Local.Password)));
    }

    [Fact]
    public void Consent_NoCheckAfterStart_ExpiresAtTheTimeout()
    {
        var agent = CreateAgent();
        agent.Start(Start);
        Assert.Equal(Start + TimeSpan.FromSeconds(30), agent.NextTimeout);

        agent.HandleTimeout(Start + TimeSpan.FromSeconds(29.999));
        Assert.False(agent.IsExpired);
        agent.HandleTimeout(agent.NextTimeout);
        Assert.True(agent.IsExpired);
        Assert.Equal(Timestamp.Never, agent.NextTimeout);
    }

    [Fact]
    public void Consent_OnlyAuthenticChecksRenewIt()
    {
        var agent = CreateAgent();
        agent.Start(Start);
        agent.HandleDatagram(Start + TimeSpan.FromSeconds(20), Check(Local), PathFrom(1));
        Assert.Equal(Start + TimeSpan.FromSeconds(50), agent.NextTimeout);

        agent.HandleDatagram(Start + TimeSpan.FromSeconds(40), Check(Local with { Password = "wrong" }), PathFrom(1));
        agent.HandleTimeout(Start + TimeSpan.FromSeconds(50));
        Assert.True(agent.IsExpired);
    }

    [Fact]
    public void IceUsername_OfARequest_GivesTheFirstFragment()
    {
        var check = Check(Local);
        Assert.True(IceUsername.TryReadLocalUfrag(check, out var ufrag));
        Assert.Equal(Local.Ufrag, Encoding.ASCII.GetString(ufrag));
        for (var length = 0; length < check.Length; length++)
        {
            Assert.False(IceUsername.TryReadLocalUfrag(check.AsSpan(0, length), out _));
        }

        check[0] = 1;
        Assert.False(IceUsername.TryReadLocalUfrag(check, out _));
    }

    [Fact]
    public void IceCredentials_Created_AreLongEnoughAndDifferent()
    {
        var first = IceCredentials.Create();
        var second = IceCredentials.Create();
        Assert.InRange(first.Ufrag.Length, 8, 256);
        Assert.InRange(first.Password.Length, 24, 256);
        Assert.NotEqual(first.Ufrag, second.Ufrag);
        Assert.NotEqual(first.Password, second.Password);
        Assert.DoesNotContain(first.Password, first.ToString(), StringComparison.Ordinal);
    }

    private static IceLiteAgent CreateAgent() => new(Local) { RemoteUfrag = RemoteUfrag };
}
