namespace MediaRelay.Server.Options;

internal sealed class LimitsOptionsValidator(IConfiguration configuration)
    : SettingsValidator<LimitsOptions>(configuration, LimitsOptions.Section)
{
    protected override void Check(LimitsOptions options, SettingsProblems problems)
    {
        problems.Limit(nameof(options.Rooms), options.Rooms);
        problems.Limit(nameof(options.ViewersPerRoom), options.ViewersPerRoom);
        problems.Limit(nameof(options.JoinsPerSecond), options.JoinsPerSecond);
        problems.Limit(nameof(options.JoinsPerSecondPerAddress), options.JoinsPerSecondPerAddress);
        problems.Limit(nameof(options.HalfOpenDtls), options.HalfOpenDtls);
        problems.Limit(nameof(options.HandOffsPerSecond), options.HandOffsPerSecond);
        problems.Limit(nameof(options.OverlayBytesPerViewer), options.OverlayBytesPerViewer);
        problems.Limit(nameof(options.RequestBytes), options.RequestBytes);
        problems.Limit(nameof(options.LikesPerSecondPerViewer), options.LikesPerSecondPerViewer);
        problems.Limit(nameof(options.CommentsPerSecondPerViewer), options.CommentsPerSecondPerViewer);
    }
}
