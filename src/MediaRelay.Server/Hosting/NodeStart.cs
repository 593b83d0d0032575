using System.Diagnostics;

namespace MediaRelay.Server.Hosting;

/// <summary>When the process started.</summary>
internal sealed class NodeStart
{
    public NodeStart()
    {
        using var process = Process.GetCurrentProcess();
        At = new DateTimeOffset(process.StartTime.ToUniversalTime(), TimeSpan.Zero);
    }

    public DateTimeOffset At { get; }
}
