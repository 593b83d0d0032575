using MediaRelay.Client.Signaling;

namespace MediaRelay.SaleNight;

/// <summary>Lines for a person, each with the time. Any thread.</summary>
internal sealed class NightLog(TextWriter output, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>How often something went wrong.</summary>
    public int Problems { get; private set; }

    public void Say(string line)
    {
        lock (_lock)
        {
            output.WriteLine($"{time.GetLocalNow():HH:mm:ss}  {line}");
        }
    }

    /// <summary>Says what was wrong; true when nothing was.</summary>
    public bool Check(string what, SignalingProblem? problem)
    {
        if (problem is null)
        {
            return true;
        }

        lock (_lock)
        {
            Problems++;
        }

        Say($"{what}: {problem}");
        return false;
    }
}
