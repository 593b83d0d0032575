namespace MediaRelay.Commerce.State;

/// <summary>
/// The store cannot do its work: the disk is full, the file is locked or damaged, the server is away.
/// </summary>
public sealed class CommerceStoreException : Exception
{
    public CommerceStoreException()
    {
    }

    public CommerceStoreException(string message)
        : base(message)
    {
    }

    public CommerceStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
