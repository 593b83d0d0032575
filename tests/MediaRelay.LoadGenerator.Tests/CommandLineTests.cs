using MediaRelay.LoadGenerator.Rooms;

namespace MediaRelay.LoadGenerator.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--viewers", "20001", "--viewers is 20001; it must be 0 to 20000.")]
    [InlineData("--viewers", "many", "--viewers is many; it must be 0 to 20000.")]
    [InlineData("--duration", "0.5", "--duration is 0.5; it must be 1 to 3600.")]
    [InlineData("--loss", "91", "--loss is 91; it must be 0 to 90.")]
    [InlineData("--sizes", "normal", "--sizes is normal; it must be one of Uniform, Pareto, One.")]
    [InlineData("--sizes", "1", "--sizes is 1; it must be one of Uniform, Pareto, One.")]
    [InlineData("--storm", "200", "--storm is 200; it must be rate:seconds or rate:seconds:seconds")]
    [InlineData("--flash", "200:1:1", "--flash is 200:1:1; it must be rate:seconds,")]
    [InlineData("--scale", "2", "--scale is 2; it must be 1E-05 to 1.")]
    [InlineData("--whep-path", "/whep", "--whep-path is '/whep'; it must begin with / and contain {room}.")]
    [InlineData("--url", "ftp://127.0.0.1", "--url is 'ftp://127.0.0.1'; it must be an absolute http or https address.")]
    [InlineData("--url", "http://192.0.2.1", "--url is 'http://192.0.2.1/', which is not this machine")]
    [InlineData("--likes", "1", "--likes is 1, but viewers have no channel to like on")]
    [InlineData("--links", "1", "--links is 1, but --rooms is 1")]
    [InlineData("--churn", "-1", "--churn is -1; it must be 0 to 100000.")]
    [InlineData("--visit-lanes", "0", "--visit-lanes is 0; it must be 1 to 1000.")]
    public void Parse_BadValue_IsRefusedNamingOptionValueAndWhatIsAllowed(string option, string value, string expected)
    {
        Assert.Contains(expected, LoadOptionsOf.Refusal(option, value), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--preset", "618", "616")]
    [InlineData("--target", "srs", "mediarelay")]
    [InlineData("--pacing", "smooth", "paced")]
    public void Parse_UnknownName_IsRefusedWithTheKnownOnes(string option, string value, string known)
    {
        var refusal = LoadOptionsOf.Refusal(option, value);
        Assert.Contains(value, refusal, StringComparison.Ordinal);
        Assert.Contains(known, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--no-video", "--no-audio", "--hosts", "none")]
    [InlineData("--no-video", "--no-audio", "--data")]
    [InlineData("--target", "whep", "--orders", "5")]
    [InlineData("--target", "whep", "--churn", "5")]
    [InlineData("--no-video", "--transport-cc")]
    [InlineData("--visits", "5", "--orders", "5")]
    [InlineData("--visits", "5", "--churn", "5")]
    public void Parse_OptionsThatDoNotGoTogether_AreRefused(params string[] arguments)
    {
        Assert.NotEmpty(LoadOptionsOf.Refusal(arguments));
    }

    [Fact]
    public void Parse_AllAboutTheLoad_IsRead()
    {
        var options = LoadOptionsOf.Arguments(
            "--viewers", "3000", "--storm", "200:60:10", "--flash", "1000:60", "--loss", "5", "--uplink-loss", "0.5", "--pacing", "paced",
            "--data", "--no-video", "--orders", "12.5", "--order-batch", "20", "--likes", "0.173", "--rooms", "8", "--links", "7");
        Assert.Equal((200, 60, 10), (options.Storm!.PerSecond, options.Storm.Duration.TotalSeconds, options.Storm.Stay.TotalSeconds));
        Assert.Equal((1_000, 60), (options.Flash!.PerSecond, options.Flash.Duration.TotalSeconds));
        Assert.Equal((0.05, 0.005), (options.Loss, options.UplinkLoss));
        Assert.True(options is { IsPaced: true, Data: true, Video: false, Audio: true, HasOrders: true, Links: 7 });

        // The storm is seen out.
        Assert.Equal(TimeSpan.FromSeconds(70), options.Window);
    }

    [Fact]
    public void Parse_Preset_GivesItsOptionsAndWhatIsGivenWins()
    {
        var options = LoadOptionsOf.Arguments("--preset", "616", "--scale", "0.01", "--storm", "20:5", "--rooms", "9");
        Assert.Equal((1_500, 9, 7), (options.Viewers, options.Rooms, options.Links));
        Assert.Equal((20, TimeSpan.FromSeconds(5)), (options.Storm!.PerSecond, options.Storm.Duration));
        Assert.Equal(100, options.Flash!.PerSecond);
        Assert.Equal(RoomSizeKind.Pareto, options.Sizes);
        Assert.Equal(("616", 0.01), (options.Preset, options.Scale));
        Assert.True(options.Data);
    }

    [Fact]
    public void Parse_PresetAgainstAnotherServer_LeavesOutWhatItCannotDo()
    {
        var options = LoadOptionsOf.Arguments("--preset", "616", "--target", "whep");
        Assert.True(options is { Data: false, Links: 0, Likes: 0, HasOrders: false, Viewers: 150, Storm: not null });
    }
}
