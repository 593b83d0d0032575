using System.Data;
using Dapper;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Schema;
using Npgsql;

namespace MediaRelay.Storage.Postgres;

/// <summary>
/// The one session that writes. It holds the database's writer lock itself, on the same connection: when the connection
/// is lost the lock goes with it, and a session that has got the lock knows that nothing of an earlier one can still
/// become durable behind its back.
/// </summary>
internal sealed class PostgresSession : IDisposable
{
    // Spells "MDRL"; the second half of the lock's key is the schema, so that two may share a database.
    private const int LockClass = 0x4D44524C;

    // For a writer that has just died or is being ended: its server process needs a moment to notice.
    private const string LockPatience = "5s";

    private readonly Backend _backend;

    private PostgresSession(NpgsqlConnection connection, Backend backend)
    {
        Connection = connection;
        _backend = backend;
    }

    public NpgsqlConnection Connection { get; }

    public bool IsOpen => Connection.FullState.HasFlag(ConnectionState.Open) && !Connection.FullState.HasFlag(ConnectionState.Broken);

    /// <summary>
    /// Connects, takes the lock, checks that a commit is a promise, and brings the tables up to date. Throws <see
    /// cref="CommerceStoreException"/> with what is wrong.
    /// </summary>
    /// <param name="previous">A session of this process that was lost; the server may not have noticed yet, and is told.</param>
    public static PostgresSession Open(PostgresSettings settings, PostgresSession? previous)
    {
        var connection = new NpgsqlConnection(settings.Writing);
        try
        {
            connection.Open();
            var backend = connection.QuerySingle<Backend>(
                "SELECT pid, backend_start::text AS started FROM pg_stat_activity WHERE pid = pg_backend_pid()");
            if (previous is not null)
            {
                connection.Execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = @Pid AND backend_start::text = @Started",
                    previous._backend);
            }

            TakeLock(connection);
            MakeDurable(connection);
            SchemaSteps.Migrate(connection, PostgresDialect.Instance);
            return new PostgresSession(connection, backend);
        }
        catch (NpgsqlException e)
        {
            connection.Dispose();
            throw new CommerceStoreException(Describe(settings, e), e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => Connection.Dispose();

    private static void TakeLock(NpgsqlConnection connection)
    {
        try
        {
            // Should this machine vanish, the server finds out within half a minute and gives the lock free.
            connection.Execute(
                $"""
                SET lock_timeout = '{LockPatience}';
                SET tcp_keepalives_idle = 10;
                SET tcp_keepalives_interval = 5;
                SET tcp_keepalives_count = 4
                """);
            connection.Execute("SELECT pg_advisory_lock(@LockClass, hashtext(coalesce(current_schema(), '')))", new { LockClass });
            connection.Execute("SET lock_timeout = 0");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new CommerceStoreException($"The database is in use by another instance: {FindHolder(connection)}.", e);
        }
    }

    private static string FindHolder(NpgsqlConnection connection)
    {
        var holder = connection.QueryFirstOrDefault<Holder>(
            """
            SELECT a.pid, coalesce(a.application_name, '') AS application,
                coalesce(host(a.client_addr), 'the same machine') AS address, a.backend_start::text AS since
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = @LockClass
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """,
            new { LockClass });
        return holder is null
            ? "it ended just now"
            : $"'{holder.Application}' from {holder.Address} since {holder.Since} (server process {holder.Pid})";
    }

    // A commit must be on disk when it is answered. remote_apply waits for standbys on top of that and is left alone.
    private static void MakeDurable(NpgsqlConnection connection)
    {
        connection.Execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply'");
        var durability = connection.QuerySingle<Durability>(
            """
            SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS fullPageWrites,
                current_setting('synchronous_commit') AS synchronousCommit, pg_is_in_recovery() AS isStandby
            """);
        if (durability.IsStandby)
        {
            throw new CommerceStoreException("The server is a standby and takes no writes; name the primary.");
        }

        Require("fsync", durability.Fsync, durability.Fsync == "on");
        Require("full_page_writes", durability.FullPageWrites, durability.FullPageWrites == "on");
        Require("synchronous_commit", durability.SynchronousCommit, durability.SynchronousCommit is "on" or "remote_apply");
    }

    private static void Require(string setting, string value, bool isOn)
    {
        if (!isOn)
        {
            throw new CommerceStoreException(
                $"The server's {setting} is {value}; allowed: on, because orders that were answered would not survive a power failure.");
        }
    }

    // What Npgsql says of a server that cannot be reached is "failed to connect"; why is one exception further down.
    private static string Describe(PostgresSettings settings, NpgsqlException e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused =>
            $"The user lacks a right in the database {settings.Place}: {refused.MessageText} (needed: to create tables in its schema, and to use them).",
        PostgresException refused => $"The server refuses {settings.Place}: {refused.MessageText}.",
        { InnerException: { } inner } => $"The server at {settings.Place} cannot be used: {e.Message}: {inner.Message}",
        _ => $"The server at {settings.Place} cannot be used: {e.Message}",
    };

    private sealed record Backend(int Pid, string Started);

    private sealed record Holder(int Pid, string Application, string Address, string Since);

    private sealed record Durability(string Fsync, string FullPageWrites, string SynchronousCommit, bool IsStandby);
}
