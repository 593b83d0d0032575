using MediaRelay.Commerce.State;

namespace MediaRelay.Storage;

/// <summary>
/// Keeps a data directory to one process. The lock is the open file, not its existence: the kernel lets go of it
/// however the process ends, so a crash leaves nothing to clean up.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private const string FileName = "mediarelay.lock";

    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <summary>
    /// Creates the directory if need be; throws <see cref="CommerceStoreException"/> when it is in use or not writable.
    /// </summary>
    public static DataDirectoryLock Take(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommerceStoreException($"The data directory '{directory}' cannot be created: {e.Message}", e);
        }

        try
        {
            return new DataDirectoryLock(new FileStream(
                Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommerceStoreException($"The data directory '{directory}' is not writable: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new CommerceStoreException(
                $"The data directory '{directory}' is in use by another instance: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
