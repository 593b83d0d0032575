namespace MediaRelay.Protocols.Sdp;

/// <summary>Writes what a sender says about its streams into a section (RFC 5576 §4, RFC 8830 §2).</summary>
internal static class StreamAnnouncement
{
    public static void AddTo(MediaSection section, NegotiatedSource source, AnnouncedStreams streams)
    {
        var track = section.Kind == MediaKind.Audio ? streams.AudioTrackId : streams.VideoTrackId;
        section.Msid = new Msid(streams.StreamId, track);
        section.Sources.Add(new MediaSource(source.Ssrc, source.Cname));
        if (source.RtxSsrc is { } rtx)
        {
            section.SsrcGroups.Add(new SsrcGroup(SsrcGroup.FlowIdentification, [source.Ssrc, rtx]));
            section.Sources.Add(new MediaSource(rtx, source.Cname));
        }
    }
}
