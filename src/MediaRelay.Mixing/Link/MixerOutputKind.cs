using System.Text.Json.Serialization;

namespace MediaRelay.Mixing.Link;

/// <summary>What an output of the mixer carries.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MixerOutputKind>))]
public enum MixerOutputKind
{
    /// <summary>The composed picture.</summary>
    Video,

    /// <summary>The sound of all hosts, for viewers.</summary>
    Program,

    /// <summary>The sound of all hosts but one, for that one.</summary>
    MixMinus,
}
