using System.Globalization;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// How long each step of a mix's start took, from the moment when a worker was wanted. Each step is noted once; any thread.
/// </summary>
internal sealed class MixStart(TimeProvider time)
{
    /// <summary>A worker is connected: a spare one, or a new one.</summary>
    public const string Worker = "worker";

    /// <summary>Its encoders are open and its canvas runs.</summary>
    public const string Canvas = "canvas";

    /// <summary>All hosts that are live are in the picture.</summary>
    public const string Hosts = "hosts";

    /// <summary>The first picture with them has come back.</summary>
    public const string Picture = "picture";

    /// <summary>Every room shows it.</summary>
    public const string Shown = "shown";

    private readonly long _began = time.GetTimestamp();
    private readonly Lock _lock = new();
    private readonly List<(string Step, TimeSpan At)> _steps = [];

    public bool IsSpare { get; set; }

    public void Note(string step)
    {
        var at = time.GetElapsedTime(_began);
        lock (_lock)
        {
            if (!_steps.Exists(noted => noted.Step == step))
            {
                _steps.Add((step, at));
            }
        }
    }

    public bool TryGet(string step, out TimeSpan at)
    {
        lock (_lock)
        {
            var index = _steps.FindIndex(noted => noted.Step == step);
            at = index < 0 ? default : _steps[index].At;
            return index >= 0;
        }
    }

    /// <summary>The steps with their times since the beginning, in ms.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            return string.Join(", ", _steps.Select(noted => string.Create(CultureInfo.InvariantCulture, $"{noted.Step} {noted.At.TotalMilliseconds:F0}")));
        }
    }
}
