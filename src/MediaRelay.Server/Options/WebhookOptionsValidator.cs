namespace MediaRelay.Server.Options;

internal sealed class WebhookOptionsValidator(IConfiguration configuration)
    : SettingsValidator<WebhookOptions>(configuration, WebhookOptions.Section)
{
    protected override void Check(WebhookOptions options, SettingsProblems problems)
    {
        problems.Flag(nameof(options.AllowPrivateAddresses));
        problems.Whole(nameof(options.MaxWebhooks), options.MaxWebhooks, 1, 10_000);
        problems.Whole(nameof(options.Concurrency), options.Concurrency, 1, 64);
        problems.Duration(nameof(options.Timeout), options.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        problems.Whole(nameof(options.MaxBacklogEvents), options.MaxBacklogEvents, 1000, 100_000_000);
        problems.Whole(nameof(options.MaxBacklogBytes), options.MaxBacklogBytes, 1 << 20, int.MaxValue);
    }
}
