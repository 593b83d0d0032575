namespace MediaRelay.Storage.Tests.Sqlite;

/// <summary>A directory that goes away with its owner.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mediarelay-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
