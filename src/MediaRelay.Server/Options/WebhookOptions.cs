namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Webhooks</c>: events to receivers outside.</summary>
internal sealed class WebhookOptions
{
    public const string Section = "MediaRelay:Webhooks";

    /// <summary>
    /// Whether receivers may have addresses that are not on the public internet (loopback, 10.0.0.0/8, …). Merchants set their
    /// own webhooks, so by default these could not be used to reach what is behind the relay.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Webhooks, 1–10,000.</summary>
    public int MaxWebhooks { get; set; } = 100;

    /// <summary>Events under way to one receiver at a time, 1–64, each of another room. 8: a receiver needs no more to keep up.</summary>
    public int Concurrency { get; set; } = 8;

    /// <summary>How long a receiver may take to answer, 100 ms to 1 min.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Events that wait for one receiver, 1,000–100,000,000, before the oldest that are not about money are given up.</summary>
    public int MaxBacklogEvents { get; set; } = 1_000_000;

    /// <summary>The same in bytes, 1 MiB–2 GiB.</summary>
    public int MaxBacklogBytes { get; set; } = 1 << 30;
}
