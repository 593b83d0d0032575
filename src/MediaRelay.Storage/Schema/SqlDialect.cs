using System.Data.Common;

namespace MediaRelay.Storage.Schema;

/// <summary>What the two engines spell differently. Everything else is one text for both.</summary>
internal abstract class SqlDialect
{
    /// <summary>Type of a 64-bit whole number: counts, money, Unix microseconds, enumerations, 0 and 1 for no and yes.</summary>
    public abstract string Integer { get; }

    /// <summary>Type of text that is compared and ordered by its bytes.</summary>
    public abstract string Text { get; }

    /// <summary>Type of bytes.</summary>
    public abstract string Blob { get; }

    /// <summary>What stands behind the closing bracket of <c>CREATE TABLE</c>.</summary>
    public abstract string TableOptions { get; }

    /// <summary>Statements after which a table refuses every change of its rows but new ones.</summary>
    public abstract string MakeAppendOnly(string table);

    /// <summary>Steps of <see cref="SchemaSteps"/> that a database has taken; 0 for a new one.</summary>
    public abstract long ReadVersion(DbConnection connection);

    public abstract void WriteVersion(DbConnection connection, long version);
}
