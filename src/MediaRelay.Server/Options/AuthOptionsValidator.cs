using System.Text;

namespace MediaRelay.Server.Options;

internal sealed class AuthOptionsValidator(IConfiguration configuration)
    : SettingsValidator<AuthOptions>(configuration, AuthOptions.Section)
{
    protected override void Check(AuthOptions options, SettingsProblems problems)
    {
        problems.Require(
            options.Keys.Count > 0,
            nameof(options.Keys), "empty", $"at least one <apiKey>=<secret of {AuthOptions.MinSecretBytes} bytes or more> outside environment Development");

        // Secrets are never repeated, only measured.
        foreach (var (key, secret) in options.Keys)
        {
            var length = Encoding.UTF8.GetByteCount(secret);
            problems.Require(
                length >= AuthOptions.MinSecretBytes,
                $"{nameof(options.Keys)}:{key}", $"a secret of {length} bytes", $"{AuthOptions.MinSecretBytes} bytes or more");
        }
    }
}
