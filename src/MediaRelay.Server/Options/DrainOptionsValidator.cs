namespace MediaRelay.Server.Options;

internal sealed class DrainOptionsValidator(IConfiguration configuration)
    : SettingsValidator<DrainOptions>(configuration, DrainOptions.Section)
{
    protected override void Check(DrainOptions options, SettingsProblems problems) =>
        problems.Duration(nameof(options.Deadline), options.Deadline, TimeSpan.Zero, TimeSpan.FromDays(1));
}
