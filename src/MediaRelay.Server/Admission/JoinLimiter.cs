using System.Net;
using MediaRelay.Server.Options;
using MediaRelay.Server.Problems;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Admission;

/// <summary>
/// Bounds new sessions per second, of the node and of one client address. A second's worth may come at once. What is refused does not
/// count. Thread-safe.
/// </summary>
internal sealed class JoinLimiter(IOptions<LimitsOptions> options)
{
    // Within a second the node's own limit lets fewer in; past this many all are forgotten and have a full second again.
    private const int MaxAddresses = 65_536;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LimitsOptions _limits = options.Value;
    private readonly TokenBucket _node = new(options.Value.JoinsPerSecond);
    private readonly Dictionary<IPAddress, TokenBucket> _addresses = [];
    private DateTimeOffset _sweptAt = DateTimeOffset.MinValue;

    /// <summary>Counts one session; null when it is within the limits, else 429 for the address or 503 for the node.</summary>
    public JoinRefusal? Refuse(DateTimeOffset now, IPAddress? address)
    {
        lock (_lock)
        {
            var own = _limits.JoinsPerSecondPerAddress > 0 && address is not null ? Find(now, address) : null;
            if (own is not null && !own.HasOne(now))
            {
                return new JoinRefusal(JoinRefusal.JoinsPerSecondPerAddress, HttpProblem.TooManyRequests(
                    $"More than {_limits.JoinsPerSecondPerAddress} sessions a second from this address.", RetryAfter,
                    JoinRefusal.JoinsPerSecondPerAddress));
            }

            if (!_node.HasOne(now))
            {
                return new JoinRefusal(JoinRefusal.JoinsPerSecond, HttpProblem.Unavailable(
                    $"More than {_limits.JoinsPerSecond} new sessions a second on this node.", RetryAfter, JoinRefusal.JoinsPerSecond));
            }

            own?.Take(now, 1);
            _node.Take(now, 1);
            return null;
        }
    }

    /// <summary>How many sessions of the last second count now: of the node, and of the busiest address.</summary>
    public (double Node, double Address) Used(DateTimeOffset now)
    {
        lock (_lock)
        {
            return (_node.Used(now), _addresses.Values.Select(bucket => bucket.Used(now)).DefaultIfEmpty().Max());
        }
    }

    private TokenBucket Find(DateTimeOffset now, IPAddress address)
    {
        if (now - _sweptAt >= TimeSpan.FromSeconds(1))
        {
            _sweptAt = now;
            foreach (var (idle, _) in _addresses.Where(entry => entry.Value.Used(now) <= 0).ToList())
            {
                _addresses.Remove(idle);
            }
        }

        if (_addresses.TryGetValue(address, out var known))
        {
            return known;
        }

        if (_addresses.Count >= MaxAddresses)
        {
            _addresses.Clear();
        }

        return _addresses[address] = new TokenBucket(_limits.JoinsPerSecondPerAddress);
    }
}
