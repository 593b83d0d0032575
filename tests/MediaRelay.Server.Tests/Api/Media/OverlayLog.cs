using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Server.Tests.EndToEnd;

namespace MediaRelay.Server.Tests.Api.Media;

/// <summary>What came to one headless viewer: its overlay messages, and the newest timestamp of its picture.</summary>
internal sealed class OverlayLog : ViewerObserver
{
    private readonly ConcurrentQueue<JsonArray> _messages = new();
    private long _timestamp = -1;

    /// <summary>Messages as <c>[version, type, seq, sentAt, mediaTime, body]</c>, oldest first.</summary>
    public IReadOnlyList<JsonArray> Messages => [.. _messages];

    /// <summary>The types of the messages that are never shed.</summary>
    public IReadOnlyList<string> Types => [.. Messages.Select(TypeOf).Where(type => type is not ("tally" or "comment" or "notice" or "pong"))];

    /// <summary>The codes of the notices.</summary>
    public IReadOnlyList<string> Notices =>
        [.. Messages.Where(message => TypeOf(message) == "notice").Select(message => message[5]!["code"]!.GetValue<string>())];

    /// <summary>RTP timestamp of the newest packet of the picture; -1 before the first.</summary>
    public long Timestamp => Interlocked.Read(ref _timestamp);

    public static string TypeOf(JsonArray message) => message[1]!.GetValue<string>();

    public override void OnPacket(HeadlessViewer viewer, Timestamp now, MediaKind kind, in RtpPacket packet)
    {
        if (kind == MediaKind.Video)
        {
            Interlocked.Exchange(ref _timestamp, packet.Timestamp.Value);
        }
    }

    public override void OnOverlayMessage(HeadlessViewer viewer, Timestamp now, ReadOnlySpan<byte> message) =>
        _messages.Enqueue(MessagePackJson.Read(message)!.AsArray());
}
