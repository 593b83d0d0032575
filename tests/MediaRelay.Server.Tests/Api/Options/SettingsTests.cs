using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Tests.Api.Options;

public sealed class SettingsTests
{
    [Fact]
    public void Defaults_InDevelopment_AreTheContracts()
    {
        using var services = Build(Environments.Development);
        Assert.Empty(FindProblems(services));
        Assert.Equal(7882, Get<MediaOptions>(services).Port);
        Assert.Equal("0.0.0.0", Get<MediaOptions>(services).BindAddress);
        Assert.Equal("./data", Get<DataOptions>(services).Directory);
        Assert.Equal("devsecret-devsecret-devsecret-dev", Get<AuthOptions>(services).Keys["devkey"]);
        Assert.Equal(TimeSpan.FromMinutes(1), Get<CoHostOptions>(services).InviteTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), Get<DrainOptions>(services).Deadline);
        var limits = Get<LimitsOptions>(services);
        Assert.Equal(
            (1000, 10_000, 500, 0, 2000, 262_144, 1_048_576, 10, 1),
            (limits.Rooms, limits.ViewersPerRoom, limits.JoinsPerSecond, limits.JoinsPerSecondPerAddress, limits.HalfOpenDtls,
                limits.OverlayBytesPerViewer, limits.RequestBytes, limits.LikesPerSecondPerViewer, limits.CommentsPerSecondPerViewer));
    }

    [Fact]
    public void Keys_MissingInProduction_AreNamed()
    {
        using var services = Build(Environments.Production);
        var problem = Assert.Single(FindProblems(services));
        Assert.StartsWith("MediaRelay:Auth:Keys is empty; allowed: ", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_InProduction_DoNotContainTheDevelopmentKey()
    {
        using var services = Build(Environments.Production, ("MediaRelay:Auth:Keys:shop", new string('s', 32)));
        Assert.Empty(FindProblems(services));
        Assert.Equal(["shop"], Get<AuthOptions>(services).Keys.Keys);
    }

    [Fact]
    public void Secret_TooShort_IsReportedWithoutBeingShown()
    {
        using var services = Build(Environments.Production, ("MediaRelay:Auth:Keys:shop", "hush-hush"));
        Assert.Equal(
            ["MediaRelay:Auth:Keys:shop is a secret of 9 bytes; allowed: 32 bytes or more."], FindProblems(services));
    }

    [Fact]
    public void Problems_Several_AreAllReportedAtOnce()
    {
        using var services = Build(
            Environments.Development,
            ("MediaRelay:Media:Port", "abc"),
            ("MediaRelay:Media:Loops", "-1"),
            ("MediaRelay:Media:BindAddress", "everywhere"),
            ("MediaRelay:Media:PublicAddresses:0", "0.0.0.0"),
            ("MediaRelay:Drain:Deadline", "30"),
            ("MediaRelay:Limits:Rooms", "-5"),
            ("MediaRelay:Limits:RequestBytes", "1MB"),
            ("MediaRelay:Metrics:RequireToken", "perhaps"),
            ("MediaRelay:CoHost:H264Encoder", "x264enc ! fakesink"),
            ("MediaRelay:Http:CorsOrigins:0", "https://shop.example/path"),
            ("MediaRelay:Data:ConnectionString", "Host=db;Password=hush"));
        var problems = FindProblems(services);
        Assert.Equal(11, problems.Count);
        Assert.Contains("MediaRelay:Media:Port is abc; allowed: a whole number from 0 to 65535.", problems);
        Assert.Contains("MediaRelay:Drain:Deadline is 30; allowed: a duration hh:mm:ss from 00:00:00 to 1.00:00:00.", problems);
        Assert.Contains("MediaRelay:Metrics:RequireToken is perhaps; allowed: true or false.", problems);
        Assert.DoesNotContain(problems, problem => problem.Contains("hush", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("MediaRelay:Data:ConnectionString is set, but it names no Database; allowed: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MediaRelay:Media:Port", "-1")]
    [InlineData("MediaRelay:Media:Port", "65536")]
    [InlineData("MediaRelay:Media:Segmentation", "sometimes")]
    [InlineData("MediaRelay:Media:Port", "7882.0")]
    [InlineData("MediaRelay:Media:Port", "")]
    [InlineData("MediaRelay:Media:PublicAddresses:0", "relay.example")]
    [InlineData("MediaRelay:CoHost:InviteTimeout", "00:00:00")]
    [InlineData("MediaRelay:CoHost:InviteTimeout", "a minute")]
    [InlineData("MediaRelay:CoHost:VideoBitRate", "1")]
    [InlineData("MediaRelay:CoHost:LoudnessTarget", "-31")]
    [InlineData("MediaRelay:CoHost:SpareWorkers", "9")]
    [InlineData("MediaRelay:CoHost:WhenSlow", "half")]
    [InlineData("MediaRelay:CoHost:CoresPerSession", "-0.1")]
    [InlineData("MediaRelay:CoHost:CoresPerSession", "0,35")]
    [InlineData("MediaRelay:CoHost:MaxSessions", "-1")]
    [InlineData("MediaRelay:CoHost:WorkerNice", "20")]
    [InlineData("MediaRelay:CoHost:Cpus", "4-")]
    [InlineData("MediaRelay:CoHost:Cpus", "1023")]
    [InlineData("MediaRelay:Data:Directory", " ")]
    [InlineData("MediaRelay:Overload:Enabled", "perhaps")]
    [InlineData("MediaRelay:Overload:BusyLimit", "101")]
    [InlineData("MediaRelay:Overload:BusyRelease", "90")]
    [InlineData("MediaRelay:Overload:LagLimit", "00:00:00")]
    [InlineData("MediaRelay:Overload:LagLimit", "50")]
    [InlineData("MediaRelay:Overload:LeastBusy", "100")]
    [InlineData("MediaRelay:Overload:Window", "00:00:00.1")]
    [InlineData("MediaRelay:Overload:Grace", "00:11:00")]
    public void Value_NotAllowed_IsRefusedByName(string setting, string value)
    {
        using var services = Build(Environments.Development, (setting, value));
        var problem = Assert.Single(FindProblems(services));
        Assert.StartsWith(setting + " is ", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_AsOneValueOrAsEntries_AreTheSame()
    {
        using var asValue = Build(Environments.Development, ("MediaRelay:Media:PublicAddresses", "192.0.2.1, [2001:db8::1]:7000"));
        using var asEntries = Build(
            Environments.Development,
            ("MediaRelay:Media:PublicAddresses:0", "192.0.2.1"), ("MediaRelay:Media:PublicAddresses:1", "[2001:db8::1]:7000"));
        Assert.Empty(FindProblems(asValue));
        Assert.Equal(["192.0.2.1", "[2001:db8::1]:7000"], Get<MediaOptions>(asValue).PublicAddresses);
        Assert.Equal(Get<MediaOptions>(asValue).PublicAddresses, Get<MediaOptions>(asEntries).PublicAddresses);
    }

    [Fact]
    public void AppSettings_ShowEveryKeyWithItsDefault()
    {
        var shown = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build().GetSection("MediaRelay");
        foreach (var type in typeof(MediaOptions).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(MediaOptions).Namespace && type.Name.EndsWith("Options", StringComparison.Ordinal)))
        {
            var section = (string)type.GetField("Section")!.GetRawConstantValue()!;
            var defaults = Activator.CreateInstance(type)!;
            foreach (var property in type.GetProperties())
            {
                var key = section["MediaRelay:".Length..] + ":" + property.Name;
                var parent = shown.GetSection(section["MediaRelay:".Length..]);
                Assert.True(parent.GetChildren().Any(child => child.Key == property.Name), $"{key} is not shown.");
                if (shown[key] is { Length: > 0 } text)
                {
                    Assert.True(SettingsText.TryRead(text, property.PropertyType, out var value), $"{key} cannot be read.");
                    Assert.Equal(property.GetValue(defaults), value);
                }
            }
        }
    }

    private static ServiceProvider Build(string environment, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<IHostEnvironment>(new FakeEnvironment(environment))
            .AddMediaRelayOptions()
            .BuildServiceProvider();
    }

    private static T Get<T>(IServiceProvider services)
        where T : class => services.GetRequiredService<IOptions<T>>().Value;

    private static IReadOnlyList<string> FindProblems(IServiceProvider services) =>
        MediaRelay.Server.Hosting.ServerStart.FindSettingsProblems(services);

    private sealed class FakeEnvironment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "MediaRelay.Server";

        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } =
            new Microsoft.Extensions.FileProviders.NullFileProvider();
    }
}
