namespace MediaRelay.LoadGenerator.Presets;

/// <summary>A night as a bundle of options; what the command line gives itself wins.</summary>
internal sealed record Preset(string Name, string Night, IReadOnlyList<PresetOption> Options)
{
    // 3.6 million entries of 4 hours with a mean stay of 10 minutes; the same number fits the 20,000 shares in one room of the other
    // night, when its largest room has as many viewers and the others follow the law of sizes.
    private const double PeopleOfAnEvening = 150_000;

    // 280 likes of a viewer over a mean show of 27 minutes.
    private const string LikesPerSecond = "0.173";

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, Preset> All { get; } = new[] { MiFan(), GoddessDay(), Festival616(), Turnstile(), OverlayFlood() }
        .ToDictionary(preset => preset.Name, StringComparer.Ordinal);

    /// <summary>
    /// Options and values of the preset, without those that were given; the values are those of a command line.
    /// </summary>
    public IEnumerable<string> ToArguments(double scale, Func<string, bool> isGiven)
    {
        foreach (var option in Options)
        {
            if (!isGiven(option.Option))
            {
                yield return option.Option;
                if (option.Value.Length > 0)
                {
                    yield return option.At(scale);
                }
            }
        }
    }

    private static Preset MiFan() => new("mi-fan", "one hundred shows a day of a single platform, one of them with 150,000 watching",
    [
        .. Evening,

        // 100 shows a day are 5 to 20 at a time in the evening.
        Scaled("--rooms", 20, PresetScaling.Peak, least: 4),

        // The largest of 20 rooms of that law has about 26 % of all viewers, and 150,000 watched it.
        Scaled("--viewers", 580_000, PresetScaling.Crowd, least: 20),

        // 300,000 sold in a show of two hours.
        Rate("--orders", 42, PresetScaling.Crowd),
        Fixed("--duration", "60"),
    ]);

    private static Preset GoddessDay() => new("goddess-day", "300 shows at a time, 280 likes of every viewer, links shared in bursts",
    [
        .. Evening,

        // 2,000 hosts with 27 minutes each over 12 hours are 75 at a time in the mean, four times that at the peak.
        Scaled("--rooms", 300, PresetScaling.Peak, least: 8),
        Scaled("--viewers", PeopleOfAnEvening, PresetScaling.Crowd, least: 20),
        Fixed("--likes", LikesPerSecond),

        // 20,000 shares of one room in 27 minutes are 12 a second, 60 in bursts.
        Storm(perSecond: 60, "20:30"),

        // ¥20 million a day with baskets of ¥100, sold in 4 hours; fifty times that in the second of a flash sale.
        Rate("--orders", 14, PresetScaling.Crowd),
        Flash(perSecond: 700, "5"),

        // All shows of the day open and close in the window, not a share of them: what they leave behind is what is tried.
        Fixed("--churn", "2000"),
        Fixed("--churn-stay", "1"),
        Fixed("--duration", "60"),
    ]);

    private static Preset Festival616() => new("616", "a main room and 100 brand rooms, seven of them linked to it one after the other",
    [
        .. Evening,
        Scaled("--rooms", 101, PresetScaling.Peak, least: 8),
        Scaled("--viewers", PeopleOfAnEvening, PresetScaling.Crowd, least: 20),
        Fixed("--likes", LikesPerSecond),

        // Guides post their codes in 3,000 groups of 200, and 2 % click within a minute: 200 joins a second into the main room.
        Storm(perSecond: 200, "60:10"),

        // A year's figures times twelve, fifty-fold in the flash minute.
        Flash(perSecond: 1_000, "60"),

        // Each link lasted 8 minutes; here they share the window.
        Fixed("--links", "7"),
        Fixed("--duration", "90"),
    ]);

    private static Preset Turnstile() => new("turnstile", "100,000 viewers who come and leave, for the server's memory",
    [
        Fixed("--visits", "100000"),
        Fixed("--rooms", "8"),

        // One who stays in each room, so that its picture goes on between the visits.
        Fixed("--viewers", "8"),
        new PresetOption("--data", ""),

        // Each visit is sound, a key frame and the overlay channel; more bits would load the machine and not what a visit leaves behind.
        Fixed("--bitrate", "100000"),
        Fixed("--fps", "15"),
        Fixed("--keyframe-interval", "1"),
    ]);

    private static Preset OverlayFlood() => new("overlays", "200 overlays a second to 2,000 viewers of one room, one merchant flooding, beside 1,000 orders a second",
    [
        Fixed("--viewers", "2000"),
        Fixed("--rooms", "40"),
        Fixed("--sizes", "One"),
        new PresetOption("--data", ""),
        new PresetOption("--no-video", ""),
        new PresetOption("--no-audio", ""),
        Fixed("--hosts", "none"),
        Fixed("--ramp", "100"),
        Fixed("--overlays", "200"),
        Fixed("--flood", "10"),
        Fixed("--orders", "1000"),
        Fixed("--order-batch", "20"),
        Fixed("--duration", "60"),

        // What a viewer's own thread adds is in the figure: at 400,000 messages a second it shall not turn for each datagram.
        Fixed("--turn", "5"),
    ]);

    private static PresetOption[] Evening =>
    [
        Fixed("--sizes", "pareto"),
        new PresetOption("--data", ""),
        Fixed("--order-batch", "20"),
    ];

    private static PresetOption Fixed(string option, string value) => new(option, value);

    private static PresetOption Scaled(string option, double number, PresetScaling scaling, double least) =>
        new(option, "{0}") { Number = number, Scaling = scaling, Least = least, IsWhole = true };

    private static PresetOption Rate(string option, double perSecond, PresetScaling scaling) =>
        new(option, "{0}") { Number = perSecond, Scaling = scaling, Least = 0.1 };

    private static PresetOption Storm(double perSecond, string rest) =>
        new("--storm", $"{{0}}:{rest}") { Number = perSecond, Scaling = PresetScaling.Peak, Least = 1 };

    private static PresetOption Flash(double perSecond, string rest) =>
        new("--flash", $"{{0}}:{rest}") { Number = perSecond, Scaling = PresetScaling.Peak, Least = 1 };
}
