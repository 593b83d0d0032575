using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>Which sections of a description share its one transport (RFC 9143).</summary>
internal sealed class BundlePlan
{
    private readonly SessionDescription _sdp;
    private readonly bool _hasSingleSection;

    private BundlePlan(SessionDescription sdp, MediaGroup? group)
    {
        _sdp = sdp;
        Group = group;
        _hasSingleSection = sdp.Media.Count(IsLive) == 1;
    }

    /// <summary>The BUNDLE group, or null.</summary>
    public MediaGroup? Group { get; }

    /// <summary>Checks mids and groups; <paramref name="error"/> is of the malformed kind.</summary>
    public static bool TryRead(
        SessionDescription sdp, [NotNullWhen(true)] out BundlePlan? plan, [NotNullWhen(false)] out AnswerError? error)
    {
        plan = null;
        var mids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in sdp.Media)
        {
            if (section.Mid is not null && !mids.Add(section.Mid))
            {
                error = AnswerError.Malformed($"a=mid:{section.Mid} stands in two media sections; allowed is one (RFC 5888 §4)");
                return false;
            }
        }

        var bundled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in sdp.Groups)
        {
            if (!group.IsBundle)
            {
                continue;
            }

            foreach (var mid in group.Mids)
            {
                if (!mids.Contains(mid) || !bundled.Add(mid))
                {
                    var fault = mids.Contains(mid) ? "stands twice" : "names no media section";
                    error = AnswerError.Malformed(
                        $"a=group:BUNDLE: mid {SdpText.Quote(mid)} {fault}; allowed is each section's a=mid once (RFC 9143 §7)");
                    return false;
                }
            }
        }

        plan = new BundlePlan(sdp, sdp.Bundle);
        error = null;
        return true;
    }

    /// <summary>False for a section that its writer rejected: port 0 without being bundle-only (RFC 3264 §5.1, RFC 9143 §6).</summary>
    public bool IsLive(MediaSection section) => section.Port != 0 || (section.BundleOnly && IsInGroup(section));

    /// <summary>True when the section is in the group, or is the only live one, which needs no group.</summary>
    public bool Covers(MediaSection section) => IsInGroup(section) || _hasSingleSection;

    public bool IsInGroup(MediaSection section) =>
        section.Mid is not null && Group is not null && Group.Mids.Contains(section.Mid);

    /// <summary>
    /// The section whose ICE and DTLS attributes hold for all accepted ones: the first accepted one in the group's order that has
    /// credentials, else the first of the group, since bundle-only sections need not repeat them (RFC 9143 §7.1.3).
    /// </summary>
    public MediaSection FindTransportSection(IReadOnlyList<MediaSection> accepted)
    {
        var inOrder = Group is null || !accepted.Any(IsInGroup)
            ? accepted
            : Group.Mids.Select(mid => _sdp.Media.Find(section => section.Mid == mid)!).ToList();
        return inOrder.FirstOrDefault(section => accepted.Contains(section) && _sdp.CredentialsOf(section) is not null)
            ?? inOrder.FirstOrDefault(section => _sdp.CredentialsOf(section) is not null)
            ?? accepted[0];
    }
}
