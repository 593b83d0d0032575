using System.Text.Json.Serialization;
using MediaRelay.Mixing.Codecs;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// The link's rare messages as JSON; written at build time, so that a worker starts without reflection.
/// </summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(MixerSpec))]
[JsonSerializable(typeof(MixerSourceSpec))]
[JsonSerializable(typeof(MixerOutputSpec))]
[JsonSerializable(typeof(LayoutChange))]
[JsonSerializable(typeof(MixerStats))]
[JsonSerializable(typeof(CodecSupport))]
[JsonSerializable(typeof(CodecElements))]
internal sealed partial class LinkJson : JsonSerializerContext;
