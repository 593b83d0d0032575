using MediaRelay.Client.Viewers;
using MediaRelay.LoadGenerator.Presets;
using MediaRelay.LoadGenerator.Rooms;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.LoadGenerator;

/// <summary>The load: how many rooms and viewers, what is published, for how long.</summary>
internal sealed record LoadOptions
{
    public required Uri Server { get; init; }

    /// <summary>The kind of server; one of <see cref="Targets.LoadTargets.Names"/>.</summary>
    public required string Target { get; init; }

    /// <summary>For plain WHIP and WHEP servers: the endpoints' paths, with <c>{room}</c>.</summary>
    public required string WhipPath { get; init; }

    public required string WhepPath { get; init; }

    /// <summary>The token that a plain WHIP and WHEP server wants of hosts and viewers; null for none.</summary>
    public required string? Bearer { get; init; }

    public required string TokenKey { get; init; }

    public required string Secret { get; init; }

    public required int Rooms { get; init; }

    /// <summary>Over all rooms.</summary>
    public required int Viewers { get; init; }

    /// <summary>Publishes synthetic hosts; otherwise the rooms are live already, or show their slate.</summary>
    public required bool PublishHosts { get; init; }

    public required VideoCodec Codec { get; init; }

    public required int BitRate { get; init; }

    public required int FrameRate { get; init; }

    public required TimeSpan KeyFrameInterval { get; init; }

    /// <summary>Of the measured window, which begins when all have joined.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Joins per second.</summary>
    public required double Ramp { get; init; }

    /// <summary>A viewer leaves after this time and another joins in its place; zero: stays to the end.</summary>
    public required TimeSpan Stay { get; init; }

    /// <summary>Overlay channels.</summary>
    public required bool Data { get; init; }

    public required bool TakeBursts { get; init; }

    public required MediaInspection Inspection { get; init; }

    public required int Loops { get; init; }

    public required TimeSpan TurnInterval { get; init; }

    public required string RoomPrefix { get; init; }

    /// <summary>Creates merchants and rooms over REST, and deletes the rooms at the end.</summary>
    public required bool Setup { get; init; }

    public required int? ServerPid { get; init; }

    public required string? JsonFile { get; init; }

    /// <summary>The server need not be on this machine.</summary>
    public bool Anywhere { get; init; }

    /// <summary>The preset that the options began with, and its scale; null without.</summary>
    public string? Preset { get; init; }

    public double Scale { get; init; } = 1;

    /// <summary>What is drawn: room sizes, which room a viewer watches, what is lost on purpose, the mix of orders.</summary>
    public int Seed { get; init; } = 1;

    public RoomSizeKind Sizes { get; init; } = RoomSizeKind.Uniform;

    /// <summary>Hosts and viewers have a picture; else sound alone.</summary>
    public bool Video { get; init; } = true;

    public bool Audio { get; init; } = true;

    /// <summary>Viewers who join the largest room at once in the window, beside the others; null for none.</summary>
    public Burst? Storm { get; init; }

    /// <summary>The share (0–1) of what comes to viewers that they throw away.</summary>
    public double Loss { get; init; }

    /// <summary>The share (0–1) of what hosts send that is lost.</summary>
    public double UplinkLoss { get; init; }

    /// <summary>A picture's packets are spread over two thirds of the time to the next; else they leave as one burst.</summary>
    public bool IsPaced { get; init; }

    /// <summary>Hosts send three encodings of their picture.</summary>
    public bool Simulcast { get; init; }

    /// <summary>Likes per viewer and second.</summary>
    public double Likes { get; init; }

    /// <summary>Order events per second, except in the flash sale.</summary>
    public double Orders { get; init; }

    public Burst? Flash { get; init; }

    /// <summary>Order events per call.</summary>
    public int OrderBatch { get; init; } = 1;

    /// <summary>Overlays per second of two merchants in the largest room.</summary>
    public double Overlays { get; init; }

    /// <summary>Of these, how many the room's own merchant has for one of the other.</summary>
    public double Flood { get; init; } = 1;

    /// <summary>Co-host sessions of the largest room with others, one after the other.</summary>
    public int Links { get; init; }

    /// <summary>Rooms that open and close in the window beside the others.</summary>
    public int Churn { get; init; }

    /// <summary>How long each of these is open.</summary>
    public TimeSpan ChurnStay { get; init; }

    /// <summary>Visits of the turnstile, which then are the window; 0 for none.</summary>
    public int Visits { get; init; }

    /// <summary>Visitors under way at once.</summary>
    public int VisitLanes { get; init; } = 1;

    /// <summary>Viewers offer transport-wide feedback and send it.</summary>
    public bool TransportFeedback { get; init; }

    /// <summary>A host's packets that leave together leave as one message that the kernel cuts.</summary>
    public bool SendBursts { get; init; } = true;

    /// <summary>Whether there are orders at all.</summary>
    public bool HasOrders => Orders > 0 || Flash is not null || Overlays > 0;

    /// <summary>How long is measured: as asked, and at least until the storm has come and gone.</summary>
    public TimeSpan Window => Storm is { } storm && storm.Duration + storm.Stay > Duration ? storm.Duration + storm.Stay : Duration;
}
