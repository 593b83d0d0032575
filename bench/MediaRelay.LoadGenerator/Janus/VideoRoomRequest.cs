using System.Text.Json.Nodes;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.LoadGenerator.Janus;

/// <summary>The bodies of the messages to Janus's VideoRoom plugin.</summary>
internal static class VideoRoomRequest
{
    /// <summary>
    /// A room for one publisher, without anything that costs Janus work and that is not asked of the other server: no cap of the bit
    /// rate, no periodic key frame requests, no transport-wide feedback.
    /// </summary>
    /// <param name="h264Profile">The profile-level-id that the publisher offers.</param>
    public static JsonObject Create(VideoCodec codec, string h264Profile)
    {
        var body = new JsonObject
        {
            ["request"] = "create",
            ["is_private"] = true,
            ["publishers"] = 1,
            ["bitrate"] = 0,
            ["fir_freq"] = 0,
            ["audiocodec"] = "opus",
            ["videocodec"] = codec == VideoCodec.H264 ? "h264" : "vp8",
            ["transport_wide_cc_ext"] = false,
        };
        if (codec == VideoCodec.H264)
        {
            body["h264_profile"] = h264Profile;
        }

        return body;
    }

    public static JsonObject Destroy(ulong room) => new() { ["request"] = "destroy", ["room"] = room };

    public static JsonObject JoinAsPublisher(ulong room) =>
        new() { ["request"] = "join", ["ptype"] = "publisher", ["room"] = room };

    /// <summary>Goes with the publisher's offer.</summary>
    public static JsonObject Publish() => new() { ["request"] = "publish" };

    /// <summary>Everything that the publisher sends; Janus makes the offer.</summary>
    public static JsonObject JoinAsSubscriber(ulong room, ulong feed) => new()
    {
        ["request"] = "join",
        ["ptype"] = "subscriber",
        ["room"] = room,
        ["streams"] = new JsonArray(new JsonObject { ["feed"] = feed }),
    };

    /// <summary>Goes with the subscriber's answer.</summary>
    public static JsonObject Start() => new() { ["request"] = "start" };
}
