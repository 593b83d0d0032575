namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Drain</c>: emptying the node before it stops.</summary>
internal sealed class DrainOptions
{
    public const string Section = "MediaRelay:Drain";

    /// <summary>How long running sessions may go on after SIGTERM, 0 s to 1 day. 30 s: what orchestrators grant by default.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);
}
