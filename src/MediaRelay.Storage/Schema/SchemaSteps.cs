using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.State;

namespace MediaRelay.Storage.Schema;

/// <summary>
/// The way from an empty database to the tables of today, in numbered steps that are only ever added, never edited: a
/// database remembers how many it has taken. There is no way back.
/// </summary>
internal static class SchemaSteps
{
    private static readonly Func<SqlDialect, string>[] All =
    [
        Step1Commerce.Sql,
        Step2Evidence.Sql,
        Step3Campaigns.Sql,
        Step4Webhooks.Sql,
        Step5Reports.Sql,
    ];

    /// <summary>The version that a database has after the last step.</summary>
    public static int Count => All.Length;

    /// <summary>
    /// Takes the missing steps in one transaction; throws <see cref="CommerceStoreException"/> for a database that a
    /// newer program wrote.
    /// </summary>
    public static void Migrate(DbConnection connection, SqlDialect dialect)
    {
        using var transaction = connection.BeginTransaction();
        var version = dialect.ReadVersion(connection);
        if (version > All.Length)
        {
            throw new CommerceStoreException(
                $"The database has schema version {version}; this program knows up to {All.Length}. Use the newer program.");
        }

        if (version == All.Length)
        {
            return;
        }

        for (var step = (int)version; step < All.Length; step++)
        {
            connection.Execute(All[step](dialect));
        }

        if (version == 0)
        {
            var key = RandomNumberGenerator.GetBytes(ClickTokens.KeyLength);
            connection.Execute("INSERT INTO meta (key, value) VALUES ('click_token_key', @key)", new { key });
        }

        dialect.WriteVersion(connection, All.Length);
        transaction.Commit();
    }
}
