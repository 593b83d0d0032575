using System.Collections.Concurrent;
using MediaRelay.Mixing.Slates;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Server.Media;

/// <summary>The still pictures that rooms show while nobody is live, cut into RTP payloads once.</summary>
internal sealed class SlateLibrary
{
    private readonly ConcurrentDictionary<(VideoCodec Codec, bool Portrait), Relay.Forwarding.Slate> _generic = new();

    /// <summary>The one without a name, which needs no encoder.</summary>
    public Relay.Forwarding.Slate Generic(VideoCodec codec, bool portrait) => _generic.GetOrAdd((codec, portrait), static key =>
        Cut(key.Codec, GenericSlates.Get(key.Codec, key.Portrait)));

    private static Relay.Forwarding.Slate Cut(VideoCodec codec, Slate slate) =>
        Relay.Forwarding.Slate.FromAccessUnits(codec, [.. slate.AccessUnits.Select(unit => unit.ToArray())]);
}
