using System.Reflection;

namespace MediaRelay.Server.Tests.EndToEnd.Processes;

/// <summary>Directories that the build tells the tests.</summary>
internal static class TestPaths
{
    /// <summary>Output of the server's own project, of the same configuration.</summary>
    public static string ServerOutput { get; } = Read("ServerOutput");

    /// <summary>Scripts that users run.</summary>
    public static string Tools { get; } = Read("Tools");

    /// <summary>Where failed scenarios leave screenshots and logs.</summary>
    public static string Results { get; } = Path.Combine(Read("TestResults"), "EndToEnd");

    private static string Read(string key) =>
        typeof(TestPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(entry => entry.Key == key).Value!;
}
