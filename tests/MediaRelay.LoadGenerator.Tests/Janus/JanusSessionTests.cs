using MediaRelay.Client.Signaling;
using MediaRelay.LoadGenerator.Janus;

namespace MediaRelay.LoadGenerator.Tests.Janus;

public sealed class JanusSessionTests : IAsyncLifetime
{
    private static readonly Uri Endpoint = new("http://peer.test:8088/janus");
    private readonly FakeJanus _server = new();
    private readonly JanusHttp _http;
    private JanusSession _session = null!;
    private JanusHandle _handle = null!;

    public JanusSessionTests() => _http = new JanusHttp(_server);

    public async Task InitializeAsync()
    {
        var (session, problem) = await JanusSession.OpenAsync(_http, Endpoint, CancellationToken.None);
        Assert.True(session is not null, problem?.ToString());
        _session = session;
        (var handle, problem) = await session.AttachAsync(CancellationToken.None);
        Assert.True(handle is not null, problem?.ToString());
        _handle = handle;
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public void Attach_Success_GivesAHandleBelowTheSession()
    {
        Assert.Equal(JanusSamples.Handle, _handle.Id);
        Assert.Equal("http://peer.test:8088/janus/3776375546120645/305065114969885", _handle.Resource.AbsoluteUri);
        Assert.True(_session.TryFind(_handle.Resource, out var found));
        Assert.Same(_handle, found);
    }

    [Fact]
    public async Task Ask_AnsweredAtOnce_GivesTheAnswer()
    {
        var reply = await AskAsync("room-created");
        Assert.Equal(8519961472618196UL, reply.Message!.Room);
    }

    [Fact]
    public async Task Ask_AcknowledgedThenEvent_GivesTheEvent()
    {
        var reply = await AskAsync("ack", "started");
        Assert.Equal("event", reply.Message!.Kind);
    }

    [Fact]
    public async Task Ask_PluginRefuses_IsAProblem()
    {
        var reply = await AskAsync("ack", "no-such-feed");
        Assert.Equal(new SignalingProblem(200, "Janus error 428", "No such feed (7)"), reply.Problem);
    }

    [Fact]
    public async Task Ask_JanusRefuses_IsAProblem()
    {
        var reply = await AskAsync("invalid-sdp");
        Assert.Equal("Janus error 465", reply.Problem!.Title);
    }

    [Fact]
    public async Task Ask_SessionTimesOutMeanwhile_IsAProblem()
    {
        var asking = AskAsync("ack");
        _server.Push("""{"janus":"timeout","session_id":3776375546120645}""");
        Assert.Equal("Janus ended the session: timeout", (await asking).Problem!.Title);
        Assert.Equal("Janus ended the session: timeout", (await _handle.Up)!.Title);
        Assert.NotNull((await AskAsync("ack")).Problem);
    }

    [Fact]
    public async Task Ask_NobodyListens_IsAProblem()
    {
        _server.IsDown = true;
        Assert.Equal(new SignalingProblem(0, "No answer", "Connection refused"), (await AskAsync("ack")).Problem);
    }

    [Fact]
    public async Task Up_WebrtcUp_IsDone()
    {
        _server.Push(JanusSamples.Read("webrtcup"));
        Assert.Null(await _handle.Up);
    }

    [Fact]
    public async Task Up_HangupBefore_HasTheReason()
    {
        _server.Push(JanusSamples.Read("hangup"));
        Assert.Equal(new SignalingProblem(200, "Janus: hangup", "DTLS alert"), await _handle.Up);
    }

    [Fact]
    public async Task Detach_Success_ForgetsTheHandle()
    {
        Assert.Null(await _session.DetachAsync(_handle, CancellationToken.None));
        Assert.False(_session.TryFind(_handle.Resource, out _));
    }

    private Task<JanusReply> AskAsync(params string[] samples)
    {
        _server.Replies["room start"] = samples;
        return _session.AskAsync(_handle, VideoRoomRequest.Start(), null, null, CancellationToken.None);
    }
}
