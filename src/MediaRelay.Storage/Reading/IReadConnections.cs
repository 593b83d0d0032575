using System.Data.Common;

namespace MediaRelay.Storage.Reading;

/// <summary>Where reads get their connections from. Thread-safe.</summary>
internal interface IReadConnections
{
    /// <summary>A closed connection of a pool; the caller disposes of it.</summary>
    DbConnection Create();

    /// <summary>Begins a transaction in which all reads see the same moment and no writer is hindered.</summary>
    DbTransaction BeginSnapshot(DbConnection connection);
}
