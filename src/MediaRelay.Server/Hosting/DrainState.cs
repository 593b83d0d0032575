using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Hosting;

/// <summary>Whether the node takes new sessions. Thread-safe.</summary>
/// <param name="sessions">
/// Asked for at first use: the host's lifetime needs this class before the settings that sessions depend on are checked.
/// </param>
internal sealed class DrainState(TimeProvider time, Lazy<IEnumerable<IActiveSessions>> sessions) : IReadinessCheck
{
    // Long enough for a proxy to notice /health/ready and send the client to another node.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private DateTimeOffset? _since;
    private volatile bool _isDraining;
    private bool _isFinal;

    public bool IsDraining => _isDraining;

    /// <summary>When it began, or null when the node takes sessions.</summary>
    public DateTimeOffset? Since
    {
        get
        {
            lock (_lock)
            {
                return _since;
            }
        }
    }

    /// <summary>Sessions that still run.</summary>
    public int SessionCount => sessions.Value.Sum(part => part.Count);

    public string Name => "drain";

    public string? NotReadyBecause => _isDraining ? "the node is draining" : null;

    /// <summary>Takes no new sessions from now on. Harmless when it is so already.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _since ??= time.GetUtcNow();
            _isDraining = true;
        }
    }

    /// <summary>As <see cref="Begin"/>, for a process that ends: there is no way back.</summary>
    public void BeginFinal()
    {
        lock (_lock)
        {
            _isFinal = true;
        }

        Begin();
    }

    /// <summary>Takes sessions again; false when the process is about to end.</summary>
    public bool TryEnd()
    {
        lock (_lock)
        {
            if (_isFinal)
            {
                return false;
            }

            _since = null;
            _isDraining = false;
            return true;
        }
    }

    /// <summary>The 503 that answers a new session while draining, else null.</summary>
    public ProblemResult? RefuseNewSession() =>
        _isDraining ? HttpProblem.Unavailable("The node is draining and takes no new sessions.", RetryAfter, "draining") : null;
}
