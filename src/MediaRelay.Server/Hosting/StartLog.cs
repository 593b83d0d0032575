namespace MediaRelay.Server.Hosting;

/// <summary>
/// Keeps the framework from logging a failed start with its stack trace: the same exception reaches <see cref="ServerStart"/>, which
/// says it in one line, or ends the process as an unhandled one. What fails later is logged as ever.
/// </summary>
internal sealed class StartLog
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    private volatile bool _isOver;

    /// <summary>The server has started.</summary>
    public void End() => _isOver = true;

    public static void AddTo(WebApplicationBuilder builder)
    {
        var start = new StartLog();
        builder.Services.AddSingleton(start);
        builder.Logging.AddFilter(Host, start.Passes);
    }

    private bool Passes(LogLevel level) => level >= LogLevel.Information && (_isOver || level < LogLevel.Error);
}
