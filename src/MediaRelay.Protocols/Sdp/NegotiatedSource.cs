namespace MediaRelay.Protocols.Sdp;

/// <summary>An announced stream with its retransmission stream, if it has one (RFC 5576 §4.2, FID).</summary>
/// <param name="Cname">RTCP canonical name, or null when not given.</param>
public sealed record NegotiatedSource(uint Ssrc, uint? RtxSsrc, string? Cname)
{
    /// <summary>The streams of a section: one per SSRC that is not itself the repair of another.</summary>
    internal static IReadOnlyList<NegotiatedSource> ReadAll(MediaSection section)
    {
        var sources = new List<NegotiatedSource>();
        foreach (var source in section.Sources)
        {
            if (IsRepair(section, source.Ssrc))
            {
                continue;
            }

            var group = section.SsrcGroups.Find(group =>
                group.Semantics == SsrcGroup.FlowIdentification && group.Ssrcs.Count == 2 && group.Ssrcs[0] == source.Ssrc);
            sources.Add(new NegotiatedSource(source.Ssrc, group?.Ssrcs[1], source.Cname));
        }

        return sources;
    }

    // The later members of FID and of the FEC groups (RFC 5956) repair the first; those of SIM are encodings in their own right.
    private static bool IsRepair(MediaSection section, uint ssrc) => section.SsrcGroups.Exists(group =>
        group.Semantics is SsrcGroup.FlowIdentification or "FEC" or "FEC-FR" && group.Ssrcs.Skip(1).Contains(ssrc));
}
