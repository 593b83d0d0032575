using MediaRelay.Server.Moderation;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Options;

/// <summary>Registers every options class with its section and validator.</summary>
internal static class OptionsRegistration
{
    public static IServiceCollection AddMediaRelayOptions(this IServiceCollection services)
    {
        services.AddSettings<HttpOptions, HttpOptionsValidator>(HttpOptions.Section);
        services.AddSettings<MediaOptions, MediaOptionsValidator>(MediaOptions.Section);
        services.AddSettings<DataOptions, DataOptionsValidator>(DataOptions.Section);
        services.AddSettings<LedgerOptions, LedgerOptionsValidator>(LedgerOptions.Section);
        services.AddSettings<AuthOptions, AuthOptionsValidator>(AuthOptions.Section);
        services.AddSettings<LimitsOptions, LimitsOptionsValidator>(LimitsOptions.Section);
        services.AddSettings<OverloadOptions, OverloadOptionsValidator>(OverloadOptions.Section);
        services.AddSettings<CoHostOptions, CoHostOptionsValidator>(CoHostOptions.Section);
        services.AddSettings<ModerationOptions, ModerationOptionsValidator>(ModerationOptions.Section);
        services.AddSettings<WebhookOptions, WebhookOptionsValidator>(WebhookOptions.Section);
        services.AddSettings<DrainOptions, DrainOptionsValidator>(DrainOptions.Section);
        services.AddSettings<MetricsOptions, MetricsOptionsValidator>(MetricsOptions.Section);
        services.AddOptions<AuthOptions>().PostConfigure<IHostEnvironment>((options, environment) =>
        {
            if (environment.IsDevelopment())
            {
                options.Keys.TryAdd(AuthOptions.DevelopmentKey, AuthOptions.DevelopmentSecret);
            }
        });
        return services;
    }

    private static void AddSettings<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>()
            .Configure<IConfiguration>((options, configuration) => SettingsBinder.Bind(configuration.GetSection(section), options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
    }
}
