using System.Text;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Moderation;

internal sealed class ModerationOptionsValidator(IConfiguration configuration)
    : SettingsValidator<ModerationOptions>(configuration, ModerationOptions.Section)
{
    protected override void Check(ModerationOptions options, SettingsProblems problems)
    {
        var isUrl = Uri.TryCreate(options.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
        problems.Require(
            options.Url.Length == 0 || isUrl, nameof(options.Url), options.Url, "an absolute http or https address, or empty for no moderation");

        // Its length alone: a secret does not belong into a log.
        var length = Encoding.UTF8.GetByteCount(options.Secret);
        problems.Require(
            options.Url.Length == 0 || length >= ModerationOptions.MinSecretLength, nameof(options.Secret), $"{length} bytes long",
            $"at least {ModerationOptions.MinSecretLength} bytes, with {ModerationOptions.Section}:{nameof(options.Url)} set");
        problems.Duration(nameof(options.Budget), options.Budget, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(5));
        problems.Flag(nameof(options.FailOpen));
        problems.Whole(nameof(options.Concurrency), options.Concurrency, 1, 1_024);
        problems.Whole(nameof(options.Waiting), options.Waiting, 1, 65_536);
    }
}
