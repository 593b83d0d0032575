using MediaRelay.Server.Ledger;

namespace MediaRelay.Server.Options;

internal sealed class LedgerOptionsValidator(IConfiguration configuration)
    : SettingsValidator<LedgerOptions>(configuration, LedgerOptions.Section)
{
    protected override void Check(LedgerOptions options, SettingsProblems problems)
    {
        problems.Whole(nameof(options.CheckpointEntries), options.CheckpointEntries, 1, 1_000_000);
        problems.Duration(
            nameof(options.CheckpointInterval), options.CheckpointInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));

        // The value is not repeated: it is a secret, and these lines end up in logs.
        if (!string.IsNullOrWhiteSpace(options.SigningKey) && !LedgerKey.TryRead(options.SigningKey, out _))
        {
            problems.Require(false, nameof(options.SigningKey), "set, but no such key", LedgerKey.Allowed);
        }
    }
}
