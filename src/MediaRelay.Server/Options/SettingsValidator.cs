using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Options;

/// <summary>Base of the validators: reports every problem of its section in one go.</summary>
internal abstract class SettingsValidator<TOptions>(IConfiguration configuration, string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var problems = new SettingsProblems(configuration.GetSection(section));
        Check(options, problems);
        return problems.Lines.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Lines);
    }

    protected abstract void Check(TOptions options, SettingsProblems problems);
}
