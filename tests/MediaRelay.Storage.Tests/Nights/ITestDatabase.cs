using MediaRelay.Commerce.State;

namespace MediaRelay.Storage.Tests.Nights;

/// <summary>An empty database of one of the engines, which goes away with its owner, and ways to meddle with it.</summary>
internal interface ITestDatabase : IAsyncDisposable
{
    /// <summary>What a refusal must name, so that an operator knows which database it is about.</summary>
    string Name { get; }

    Task<CommerceStore> OpenStoreAsync();

    /// <summary>Runs SQL behind the store's back; throws <see cref="System.Data.Common.DbException"/>.</summary>
    void Execute(string sql);

    /// <summary>Tables with how many rows they have.</summary>
    IReadOnlyDictionary<string, long> CountRows();

    void SetSchemaVersion(int version);

    /// <summary>Takes away what keeps a table's rows from being changed.</summary>
    void AllowUpdates(string table);
}
