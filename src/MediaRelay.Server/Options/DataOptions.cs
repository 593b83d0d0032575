namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Data</c>: where the ledger and the registry are kept.</summary>
internal sealed class DataOptions
{
    public const string Section = "MediaRelay:Data";

    /// <summary>Directory of the embedded database (not used with PostgreSQL), relative to the current directory; made when missing. One process may use it.</summary>
    public string Directory { get; set; } = "./data";

    /// <summary>
    /// PostgreSQL connection string, in Npgsql's form or as a <c>postgresql://</c> address; empty keeps the embedded database. One
    /// process may write a database.
    /// </summary>
    public string? ConnectionString { get; set; }
}
