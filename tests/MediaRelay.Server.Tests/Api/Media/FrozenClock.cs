namespace MediaRelay.Server.Tests.Api.Media;

/// <summary>Real time but for the wall clock, which stands still until it is moved: what is bounded per second stays within one.</summary>
internal sealed class FrozenClock : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();

    public TimeSpan Passed { get; set; }

    public override DateTimeOffset GetUtcNow() => _start + Passed;
}
