using System.Globalization;

namespace MediaRelay.Mixing.Link;

/// <summary>Where and with what priority a worker runs: told in its arguments, put into effect by itself.</summary>
internal sealed record WorkerPlacement(int Nice, CpuSet? Cpus)
{
    private const string NiceOption = "--nice";
    private const string CpusOption = "--cpus";

    /// <summary>What stands before the worker's command.</summary>
    public static IEnumerable<string> ArgumentsFor(MixerWorkerOptions options)
    {
        if (options.Nice > 0)
        {
            yield return NiceOption;
            yield return options.Nice.ToString(CultureInfo.InvariantCulture);
        }

        if (options.Cpus is { } cpus)
        {
            yield return CpusOption;
            yield return cpus.ToString();
        }
    }

    /// <summary>
    /// Takes the options off the front of <paramref name="arguments"/>; false when one has no value that is allowed.
    /// </summary>
    public static bool TryTake(ref string[] arguments, out WorkerPlacement placement)
    {
        placement = new WorkerPlacement(0, null);
        while (arguments is [NiceOption or CpusOption, ..])
        {
            switch (arguments)
            {
                case [NiceOption, var text, ..] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var nice) && nice <= 19:
                    placement = placement with { Nice = nice };
                    break;
                case [CpusOption, var text, ..] when CpuSet.TryParse(text, out var cpus):
                    placement = placement with { Cpus = cpus };
                    break;
                default:
                    return false;
            }

            arguments = arguments[2..];
        }

        return true;
    }
}
