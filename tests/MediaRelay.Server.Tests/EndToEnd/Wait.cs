using System.Diagnostics;

namespace MediaRelay.Server.Tests.EndToEnd;

/// <summary>Waits for conditions, never for time.</summary>
internal static class Wait
{
    private static readonly TimeSpan SamplingInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when the condition holds; fails after <paramref name="longest"/>, naming <paramref name="what"/>.</summary>
    public static Task UntilAsync(string what, TimeSpan longest, Func<Task<bool>> condition) =>
        UntilAsync(what, longest, condition, static holds => holds);

    /// <summary>Samples until the condition holds for a sample and returns it; the failure shows the last one.</summary>
    public static async Task<T> UntilAsync<T>(string what, TimeSpan longest, Func<Task<T>> sample, Func<T, bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await sample();
            if (condition(value))
            {
                return value;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < longest, $"Not within {longest.TotalSeconds:0.#} s: {what}. Last seen: {value}");
            await Task.Delay(SamplingInterval);
        }
    }
}
