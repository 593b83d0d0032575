using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MediaRelay.Server.Tests;

/// <summary>
/// Holds the layering: which project may use which, and that the sans-IO projects know no clock, thread, socket or shared
/// randomness. Read from the built assemblies, so what is really used counts.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> MayReference = new(StringComparer.Ordinal)
    {
        ["Protocols"] = [],
        ["Commerce"] = [],
        ["Relay"] = ["Protocols"],
        ["Mixing"] = ["Protocols", "Relay"],
        ["Transport"] = ["Protocols"],
        ["Client"] = ["Protocols", "Transport"],
        ["Storage"] = ["Commerce"],
        ["Cluster"] = ["Protocols", "Relay", "Client", "Commerce"],
        ["Server"] = ["Protocols", "Commerce", "Relay", "Mixing", "Transport", "Client", "Storage", "Cluster"],
    };

    private static readonly string[] SansIoProjects = ["Protocols", "Relay", "Commerce"];

    private static readonly string[] ForbiddenMembers =
    [
        "System.DateTime.get_UtcNow", "System.DateTime.get_Now", "System.DateTimeOffset.get_UtcNow", "System.DateTimeOffset.get_Now",
        "System.Random.get_Shared", "System.Threading.Tasks.Task.Delay",
    ];

    private static readonly string[] ForbiddenTypes =
        ["System.Diagnostics.Stopwatch", "System.Threading.Thread", "System.Net.Sockets.Socket", "System.Net.Sockets.UdpClient"];

    public static TheoryData<string> Projects => [.. FindProjects()];

    [Fact]
    public void Projects_Built_AreAllInTheTable()
    {
        var projects = FindProjects();
        Assert.Contains("Server", projects);
        Assert.Contains("Protocols", projects);
        Assert.Empty(projects.Except(MayReference.Keys));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_AreAllowed(string project)
    {
        var references = Read(project, metadata => metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Where(name => name.StartsWith("MediaRelay.", StringComparison.Ordinal))
            .Select(name => name["MediaRelay.".Length..])
            .ToList());
        Assert.Empty(references.Except(MayReference[project]));
    }

    [Theory]
    [InlineData("Protocols")]
    [InlineData("Relay")]
    [InlineData("Commerce")]
    public void SansIoProject_Code_UsesNoClockThreadSocketOrSharedRandomness(string project)
    {
        Assert.Contains(project, SansIoProjects);
        Assert.Empty(Read(project, FindForbidden));
    }

    [Fact]
    public void Search_AssemblyThatReadsTheClock_FindsIt()
    {
        // So that an empty result above means something.
        Assert.NotEqual(default, DateTimeOffset.UtcNow);
        Assert.Contains("System.DateTimeOffset.get_UtcNow", Read("Server.Tests", FindForbidden));
    }

    private static List<string> FindProjects() =>
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "MediaRelay.*.dll")
            .Select(path => Path.GetFileNameWithoutExtension(path)["MediaRelay.".Length..])
            .Where(name => name is not ("Testing" or "Testing.Probes") && !name.EndsWith("Tests", StringComparison.Ordinal) && !name.EndsWith("Worker", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static List<string> FindForbidden(MetadataReader metadata)
    {
        var types = metadata.TypeReferences.Select(handle => NameOf(metadata, handle)).Where(ForbiddenTypes.Contains);
        var members = metadata.MemberReferences
            .Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => NameOf(metadata, (TypeReferenceHandle)member.Parent) + "." + metadata.GetString(member.Name))
            .Where(ForbiddenMembers.Contains);
        return [.. types.Concat(members).Distinct(StringComparer.Ordinal)];
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return metadata.GetString(type.Namespace) + "." + metadata.GetString(type.Name);
    }

    private static T Read<T>(string project, Func<MetadataReader, T> read)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"MediaRelay.{project}.dll")));
        return read(file.GetMetadataReader());
    }
}
