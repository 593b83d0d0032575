using MediaRelay.Client.Viewers;
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
}
