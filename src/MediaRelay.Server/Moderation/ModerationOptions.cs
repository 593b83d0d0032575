namespace MediaRelay.Server.Moderation;

/// <summary><c>MediaRelay:Moderation</c>: asks the platform about every comment before others see it.</summary>
internal sealed class ModerationOptions
{
    public const string Section = "MediaRelay:Moderation";

    /// <summary>Bytes of <see cref="Secret"/> at least, as for API keys.</summary>
    public const int MinSecretLength = 32;

    /// <summary>Where comments are sent; empty = nobody is asked.</summary>
    public string Url { get; set; } = "";

    /// <summary>Signs what is sent, at least 32 bytes; required with <see cref="Url"/>.</summary>
    public string Secret { get; set; } = "";

    /// <summary>From a comment's arrival to the answer, 10 ms to 5 s, waiting for a free call included.</summary>
    public TimeSpan Budget { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What becomes of a comment without an answer in time: shown (true) or dropped.</summary>
    public bool FailOpen { get; set; } = true;

    /// <summary>Calls under way at once, 1 to 1,024.</summary>
    public int Concurrency { get; set; } = 32;

    /// <summary>Comments that wait for a free call, 1 to 65,536; beyond it they are as without an answer.</summary>
    public int Waiting { get; set; } = 1024;
}
