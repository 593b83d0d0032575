namespace MediaRelay.Server.Options;

internal sealed class MetricsOptionsValidator(IConfiguration configuration)
    : SettingsValidator<MetricsOptions>(configuration, MetricsOptions.Section)
{
    protected override void Check(MetricsOptions options, SettingsProblems problems) =>
        problems.Flag(nameof(options.RequireToken));
}
