namespace MediaRelay.Server.Hosting;

/// <summary>When the server was composed.</summary>
internal sealed class NodeStart(TimeProvider time)
{
    public DateTimeOffset At { get; } = time.GetUtcNow();
}
