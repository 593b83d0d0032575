using MediaRelay.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Storage.Sqlite;

/// <summary>
/// Statements of one connection, prepared once each: at a thousand orders a second, preparing would cost more than
/// running them. Not thread-safe.
/// </summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IStatementSink, IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    public void Run(string sql, params ReadOnlySpan<SqlValue> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = Prepare(sql, values.Length);
        }

        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            command.Parameters[i].Value =
                value.IsNull ? DBNull.Value : value.Type == SqlType.Integer ? value.Number : value.Content;
        }

        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        command.Prepare();
        _commands.Add(sql, command);
        return command;
    }
}
