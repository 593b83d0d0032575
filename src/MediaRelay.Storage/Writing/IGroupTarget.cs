using MediaRelay.Commerce.State;

namespace MediaRelay.Storage.Writing;

/// <summary>The database as the one thread that writes it sees it. Not thread-safe.</summary>
internal interface IGroupTarget : IDisposable
{
    /// <summary>Writes transactions in order and makes them durable with one flush of the disk.</summary>
    /// <param name="failure">
    /// Why the rest is not durable. Null exactly when all are. After a failure nothing is written until <see
    /// cref="Reset"/>.
    /// </param>
    /// <returns>How many are durable: all, or those before the first that the database contradicts, or none.</returns>
    int Write(IReadOnlyList<IReadOnlyList<CommerceChange>> transactions, out CommerceStoreException? failure);

    /// <summary>
    /// Makes writing possible again after a failure; throws <see cref="CommerceStoreException"/> when it still is not.
    /// </summary>
    void Reset();
}
