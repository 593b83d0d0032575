namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Data</c>: where the ledger and the registry are kept.</summary>
internal sealed class DataOptions
{
    public const string Section = "MediaRelay:Data";

    /// <summary>Directory of the embedded database, relative to the current directory; made when missing. One process may use it.</summary>
    public string Directory { get; set; } = "./data";

    /// <summary>Reserved for a PostgreSQL connection string; this version has the embedded database only and refuses a value.</summary>
    public string? ConnectionString { get; set; }
}
