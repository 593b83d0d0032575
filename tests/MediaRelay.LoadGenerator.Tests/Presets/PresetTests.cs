using MediaRelay.LoadGenerator.Presets;
using MediaRelay.LoadGenerator.Rooms;

namespace MediaRelay.LoadGenerator.Tests.Presets;

public sealed class PresetTests
{
    public static TheoryData<string, double> Nights
    {
        get
        {
            var nights = new TheoryData<string, double>();
            foreach (var name in Preset.All.Keys)
            {
                nights.Add(name, 0.000_01);
                nights.Add(name, 0.001);
                nights.Add(name, 0.03);
            }

            return nights;
        }
    }

    [Theory]
    [MemberData(nameof(Nights))]
    public void Parse_NightAtAnyScaleOfOneMachine_IsAllowed(string name, double scale)
    {
        var options = LoadOptionsOf.Arguments("--preset", name, "--scale", scale.ToString("0.######"));
        Assert.True(options.Viewers >= options.Rooms, $"{options.Viewers} viewers, {options.Rooms} rooms");
        Assert.True(options.Links < options.Rooms);
    }

    [Fact]
    public void ToArguments_RealNight_HasTheNumbersOfTheNight()
    {
        Assert.Equal("200:60:10", Value("616", "--storm"));
        Assert.Equal("1000:60", Value("616", "--flash"));
        Assert.Equal("101", Value("616", "--rooms"));
        Assert.Equal("150000", Value("616", "--viewers"));
        Assert.Equal("300", Value("goddess-day", "--rooms"));
        Assert.Equal("0.173", Value("goddess-day", "--likes"));
        Assert.Equal("42", Value("mi-fan", "--orders"));
        Assert.Equal("2000", Value("goddess-day", "--churn"));
        Assert.Equal("100000", Value("turnstile", "--visits"));

        static string Value(string name, string option)
        {
            var arguments = Preset.All[name].ToArguments(1, _ => false).ToList();
            return arguments[arguments.IndexOf(option) + 1];
        }
    }

    [Fact]
    public void MiFan_RealNight_HasOneRoomOfAboutAHundredAndFiftyThousand()
    {
        // The median over many drawn evenings; a single one may be far off, as evenings are.
        var largest = Enumerable.Range(0, 501)
            .Select(seed => RoomSizes.Of(RoomSizeKind.Pareto, 580_000, 20, new Random(seed))[0])
            .Order()
            .ElementAt(250);
        Assert.InRange(largest, 110_000, 240_000);
    }
}
