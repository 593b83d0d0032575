using MediaRelay.Storage.Postgres;

namespace MediaRelay.Server.Options;

internal sealed class DataOptionsValidator(IConfiguration configuration)
    : SettingsValidator<DataOptions>(configuration, DataOptions.Section)
{
    protected override void Check(DataOptions options, SettingsProblems problems)
    {
        problems.Require(
            !string.IsNullOrWhiteSpace(options.Directory) && !options.Directory.Contains('\0', StringComparison.Ordinal),
            nameof(options.Directory), options.Directory, "the path of a directory");

        // The value is not repeated: connection strings carry passwords, and these lines end up in logs.
        if (!string.IsNullOrWhiteSpace(options.ConnectionString)
            && !PostgresSettings.TryRead(options.ConnectionString, out _, out var reason))
        {
            problems.Require(false, nameof(options.ConnectionString), $"set, but {reason}", PostgresSettings.Allowed);
        }
    }
}
