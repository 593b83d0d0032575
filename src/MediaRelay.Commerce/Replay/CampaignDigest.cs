using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Replay;

/// <summary>
/// What draws, and campaigns in which somebody takes part, come to as one hash per merchant: terms, state, outcome, and who takes part in
/// which order and when. Both sides of a comparison are made by this from changes alone.
/// </summary>
internal sealed class CampaignDigest
{
    private readonly Dictionary<CampaignKey, string> _campaigns = [];

    // Over all participations so far: a draw may have a million.
    private readonly Dictionary<CampaignKey, byte[]> _participations = [];

    public IEnumerable<MerchantId> Merchants => Keys.Select(key => key.MerchantId).Distinct();

    private IEnumerable<CampaignKey> Keys =>
        _campaigns.Keys.Where(key => key.Kind == CampaignKind.Draw).Union(_participations.Keys);

    /// <summary>SHA-256 over a merchant's campaigns in order of kind and id.</summary>
    public string Of(MerchantId merchant) => LineHash.Of(Keys.Where(key => key.MerchantId == merchant)
        .OrderBy(key => key.Kind).ThenBy(key => key.Id, StringComparer.Ordinal)
        .Select(key => $"{key} {_campaigns.GetValueOrDefault(key)} {Hex(_participations.GetValueOrDefault(key, []))}"));

    /// <param name="outcome">What the draw has come to.</param>
    public void Add(Campaign campaign, DrawOutcome? outcome) => _campaigns[campaign.Key] = string.Create(
        CultureInfo.InvariantCulture,
        $"{campaign.State} [{string.Join(' ', campaign.Rooms)}] {Text(campaign.Terms)} {campaign.OpenedAt.ToUniversalTime():O} {Hex([.. campaign.Seed])} {Text(outcome)} {campaign.Display}");

    /// <summary>In the order of a campaign's numbers.</summary>
    public void Add(in Participation participation)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture, $"{participation.Number} {participation.ViewerId} {participation.At.ToUniversalTime():O}\n");
        _participations[participation.Key] = SHA256.HashData(
            [.. _participations.GetValueOrDefault(participation.Key, []), .. Encoding.UTF8.GetBytes(line)]);
    }

    /// <summary>Takes what concerns campaigns and leaves the rest.</summary>
    public void Add(CommerceChange change)
    {
        switch (change)
        {
            case CampaignChange { Campaign: var campaign, Outcome: var outcome }: Add(campaign, outcome); break;
            case ParticipationChange { Participation: var participation }: Add(participation); break;
        }
    }

    private static string Text(CampaignTerms terms) => string.Create(
        CultureInfo.InvariantCulture,
        $"{terms.StartAt?.ToUniversalTime():O}/{terms.EndAt?.ToUniversalTime():O}/{terms.Limit}/{terms.Target}/{terms.StartMinor}/{terms.FloorMinor}/{terms.Prizes}");

    private static string Text(DrawOutcome? outcome) => outcome is null
        ? "-"
        : $"{Hex([.. outcome.EntriesHash])} [{string.Join(' ', outcome.Winners.Select(winner => Hex([.. winner])))}]";

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
