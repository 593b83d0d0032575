namespace MediaRelay.Server.CoHosting;

/// <summary>What the machine had done up to one moment; times are sums since some start, of which only differences count.</summary>
/// <param name="Idle">Time that the CPUs which workers may use had nothing to do, over all of them.</param>
/// <param name="Cores">How many those CPUs are.</param>
/// <param name="Quotas">The CPU bounds of the control groups that this process is in.</param>
internal sealed record MachineSample(TimeSpan Idle, int Cores, IReadOnlyList<CpuQuota> Quotas);

/// <summary>A control group's CPU bound (cgroup v2, <c>cpu.max</c>), and what its processes have used up to now.</summary>
internal readonly record struct CpuQuota(string Group, double Cores, TimeSpan Used);
