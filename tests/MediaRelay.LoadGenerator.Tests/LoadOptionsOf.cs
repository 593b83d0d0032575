namespace MediaRelay.LoadGenerator.Tests;

/// <summary>Options as the program itself reads them.</summary>
internal static class LoadOptionsOf
{
    public static LoadOptions Arguments(params string[] arguments)
    {
        LoadOptions? read = null;
        var result = new CommandLine((options, _) =>
        {
            read = options;
            return Task.FromResult(0);
        }).Parse(arguments);
        Assert.Empty(result.Errors);
        Assert.Equal(0, result.Invoke());
        return read!;
    }

    /// <summary>What is said about arguments that are refused; empty when they are not.</summary>
    public static string Refusal(params string[] arguments)
    {
        var line = new CommandLine((_, _) => throw new InvalidOperationException("began"));
        var result = line.Parse(arguments);
        var problems = result.Errors.Count > 0 ? result.Errors.Select(error => error.Message) : LoadRules.Check(line.Read(result));
        return string.Join('\n', problems);
    }
}
