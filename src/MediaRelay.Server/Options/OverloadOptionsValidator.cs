namespace MediaRelay.Server.Options;

internal sealed class OverloadOptionsValidator(IConfiguration configuration)
    : SettingsValidator<OverloadOptions>(configuration, OverloadOptions.Section)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    protected override void Check(OverloadOptions options, SettingsProblems problems)
    {
        problems.Flag(nameof(options.Enabled));
        problems.Whole(nameof(options.BusyLimit), options.BusyLimit, 50, 100);
        problems.Whole(nameof(options.BusyRelease), options.BusyRelease, 10, 99);
        problems.Require(
            options.BusyRelease < options.BusyLimit, nameof(options.BusyRelease), $"{options.BusyRelease}",
            $"less than {OverloadOptions.Section}:{nameof(options.BusyLimit)}, which is {options.BusyLimit}");
        problems.Whole(nameof(options.LeastBusy), options.LeastBusy, 0, 99);
        problems.Duration(nameof(options.LagLimit), options.LagLimit, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
        problems.Duration(nameof(options.Window), options.Window, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1));
        problems.Duration(nameof(options.JoinsReturnAfter), options.JoinsReturnAfter, TimeSpan.Zero, LongestPause);
        problems.Duration(nameof(options.CapLayersAfter), options.CapLayersAfter, TimeSpan.Zero, LongestPause);
        problems.Duration(nameof(options.LayersReturnAfter), options.LayersReturnAfter, TimeSpan.Zero, LongestPause);
        problems.Duration(nameof(options.Grace), options.Grace, TimeSpan.Zero, LongestPause);
    }
}
