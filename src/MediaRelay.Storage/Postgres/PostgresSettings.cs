using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace MediaRelay.Storage.Postgres;

/// <summary>A checked connection string, with what this program adds to it.</summary>
public sealed class PostgresSettings
{
    /// <summary>What a connection string may be, for error texts.</summary>
    public const string Allowed =
        "empty for SQLite in MediaRelay:Data:Directory, or a PostgreSQL connection string as "
        + "Host=db.example.com;Database=mediarelay;Username=mediarelay;Password=… or postgresql://user:password@host:5432/database";

    private const int ConnectTimeoutSeconds = 5;
    private const int KeepAliveSeconds = 10;
    private const int MaxReadConnections = 16;

    // More than there are different statements.
    private const int PreparedStatements = 100;

    private readonly NpgsqlConnectionStringBuilder _given;

    private PostgresSettings(NpgsqlConnectionStringBuilder given) => _given = given;

    /// <summary>Server, database and user for messages; never the password.</summary>
    public string Place => $"{_given.Host}:{_given.Port}/{_given.Database}"
        + (string.IsNullOrEmpty(_given.Username) ? "" : $" as {_given.Username}");

    /// <summary>For the one connection that writes.</summary>
    internal string Writing
    {
        get
        {
            var builder = WithDefaults();
            builder.Pooling = false;
            builder.Timeout = Unless("Timeout", builder.Timeout, ConnectTimeoutSeconds);

            // A connection that died unnoticed is found before the next order needs it.
            builder.KeepAlive = Unless("Keepalive", builder.KeepAlive, KeepAliveSeconds);
            return builder.ToString();
        }
    }

    /// <summary>For the pool that reads.</summary>
    internal string Reading
    {
        get
        {
            var builder = WithDefaults();
            builder.MaxPoolSize = Unless("Maximum Pool Size", builder.MaxPoolSize, MaxReadConnections);

            // Reads leave nothing behind in a session that would have to be reset.
            builder.NoResetOnClose = true;
            return builder.ToString();
        }
    }

    /// <summary>
    /// Reads a connection string in Npgsql's form or as a <c>postgresql://</c> address. Returns false with a reason that
    /// repeats no values, because one of them may be the password.
    /// </summary>
    public static bool TryRead(
        string text, [NotNullWhen(true)] out PostgresSettings? settings, [NotNullWhen(false)] out string? reason)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        settings = null;
        reason = IsAddress(text) ? ReadAddress(text, builder) : ReadPairs(text, builder);
        reason ??= string.IsNullOrWhiteSpace(builder.Host) ? "it names no Host"
            : string.IsNullOrWhiteSpace(builder.Database) ? "it names no Database"
            : null;
        if (reason is not null)
        {
            return false;
        }

        settings = new PostgresSettings(builder);
        return true;
    }

    private static bool IsAddress(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static string? ReadPairs(string text, NpgsqlConnectionStringBuilder builder)
    {
        var pairs = new DbConnectionStringBuilder();
        try
        {
            pairs.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            return "it is not made of Keyword=value pairs with semicolons between them (values with ; or = stand in quotes)";
        }

        var isBehindPassword = false;
        foreach (string keyword in pairs.Keys)
        {
            if (Set(builder, keyword, pairs[keyword], isBehindPassword) is { } reason)
            {
                return reason;
            }

            isBehindPassword |= keyword.StartsWith("pass", StringComparison.OrdinalIgnoreCase)
                || keyword.StartsWith("psw", StringComparison.OrdinalIgnoreCase)
                || keyword.StartsWith("pwd", StringComparison.OrdinalIgnoreCase);
        }

        return null;
    }

    private static string? ReadAddress(string text, NpgsqlConnectionStringBuilder builder)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
        {
            return "it is not an address as postgresql://user:password@host:5432/database (special characters in the password are percent-encoded)";
        }

        var user = address.UserInfo.Split(':', 2);
        builder.Host = address.Host;
        builder.Port = address.IsDefaultPort || address.Port < 0 ? NpgsqlConnection.DefaultPort : address.Port;
        builder.Database = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'));
        builder.Username = user[0].Length == 0 ? null : Uri.UnescapeDataString(user[0]);
        builder.Password = user.Length < 2 ? null : Uri.UnescapeDataString(user[1]);
        foreach (var part in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            var keyword = Uri.UnescapeDataString(pair[0]) switch
            {
                "sslmode" => "SSL Mode",
                "sslrootcert" => "Root Certificate",
                "sslcert" => "SSL Certificate",
                "sslkey" => "SSL Key",
                "application_name" => "Application Name",
                "connect_timeout" => "Timeout",
                var other => other,
            };
            var value = Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "");
            if (Set(builder, keyword, keyword == "SSL Mode" ? value.Replace("-", "", StringComparison.Ordinal) : value, false) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private static string? Set(NpgsqlConnectionStringBuilder builder, string keyword, object value, bool isBehindPassword)
    {
        // A password with an unquoted semicolon looks like further keywords, which must not end up in a log either.
        if (!builder.TryGetValue(keyword, out _))
        {
            return isBehindPassword
                ? "a keyword after Password is unknown (a password with ; or = stands in quotes)"
                : $"its keyword '{keyword}' is unknown";
        }

        try
        {
            builder[keyword] = value;
            return null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            return $"the value of its keyword '{keyword}' is not allowed there";
        }
    }

    private NpgsqlConnectionStringBuilder WithDefaults()
    {
        var builder = new NpgsqlConnectionStringBuilder(_given.ToString())
        {
            Multiplexing = false,
            Enlist = false,
            MaxAutoPrepare = PreparedStatements,
            AutoPrepareMinUsages = 2,
        };

        // Whoever is refused because this process is the one that writes is told this name.
        builder.ApplicationName ??= $"MediaRelay {Environment.MachineName} {Environment.ProcessId}";
        return builder;
    }

    private int Unless(string keyword, int given, int otherwise) => _given.ShouldSerialize(keyword) ? given : otherwise;
}
