using System.Text.Json;

namespace MediaRelay.Server.Auth;

/// <summary>The <c>scope</c> claim: one string with spaces (RFC 8693 §4.2) or an array of strings.</summary>
internal static class ScopeNames
{
    private static readonly (string Name, MerchantScopes Scope)[] Names =
    [
        ("publish", MerchantScopes.Publish),
        ("shelf", MerchantScopes.Shelf),
        ("overlay", MerchantScopes.Overlay),
        ("cohost", MerchantScopes.CoHost),
        ("audit", MerchantScopes.Audit),
    ];

    /// <summary>Unknown words are ignored: they may mean something to other services of the platform. False when it is no text.</summary>
    public static bool TryRead(JsonElement claim, out MerchantScopes scopes)
    {
        scopes = MerchantScopes.None;
        if (claim.ValueKind == JsonValueKind.String)
        {
            foreach (var word in claim.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                scopes |= Find(word);
            }

            return true;
        }

        if (claim.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var word in claim.EnumerateArray())
        {
            if (word.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            scopes |= Find(word.GetString()!);
        }

        return true;
    }

    public static string Write(MerchantScopes scopes) =>
        string.Join(' ', Names.Where(entry => scopes.HasFlag(entry.Scope)).Select(entry => entry.Name));

    private static MerchantScopes Find(string word) => Array.Find(Names, entry => entry.Name == word).Scope;
}
