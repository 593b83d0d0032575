using System.Net;
using System.Threading.RateLimiting;
using MediaRelay.Server.Options;
using MediaRelay.Server.Problems;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Signaling;

/// <summary>Bounds new sessions per second, of the node and of one client address. A second's worth may come at once.</summary>
internal sealed class JoinLimiter : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly RateLimiter? _node;
    private readonly PartitionedRateLimiter<IPAddress>? _addresses;
    private readonly LimitsOptions _limits;

    public JoinLimiter(IOptions<LimitsOptions> limits)
    {
        _limits = limits.Value;
        if (_limits.JoinsPerSecond > 0)
        {
            _node = new TokenBucketRateLimiter(BucketFor(_limits.JoinsPerSecond));
        }

        if (_limits.JoinsPerSecondPerAddress > 0)
        {
            _addresses = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
                address => RateLimitPartition.GetTokenBucketLimiter(address, _ => BucketFor(_limits.JoinsPerSecondPerAddress)));
        }
    }

    /// <summary>Null when the session may be made; else 429 for the address or 503 for the node.</summary>
    public ProblemResult? Refuse(HttpContext http)
    {
        if (_addresses is not null && http.Connection.RemoteIpAddress is { } address)
        {
            using var own = _addresses.AttemptAcquire(address);
            if (!own.IsAcquired)
            {
                return HttpProblem.TooManyRequests(
                    $"More than {_limits.JoinsPerSecondPerAddress} sessions a second from this address.", RetryAfter);
            }
        }

        if (_node is null)
        {
            return null;
        }

        using var lease = _node.AttemptAcquire();
        return lease.IsAcquired
            ? null
            : HttpProblem.Unavailable($"More than {_limits.JoinsPerSecond} new sessions a second on this node.", RetryAfter);
    }

    public void Dispose()
    {
        _node?.Dispose();
        _addresses?.Dispose();
    }

    private static TokenBucketRateLimiterOptions BucketFor(int perSecond)
    {
        // Refilled ten times a second, so that a steady stream at the limit passes evenly.
        var perTenth = Math.Max(1, perSecond / 10);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = perTenth,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)perTenth / perSecond),
            QueueLimit = 0,
            AutoReplenishment = true,
        };
    }
}
