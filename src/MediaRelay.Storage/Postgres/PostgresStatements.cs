using MediaRelay.Storage.Writing;
using Npgsql;
using NpgsqlTypes;

namespace MediaRelay.Storage.Postgres;

/// <summary>Gathers statements, to be sent to the server in one go. The driver prepares each text once per connection.</summary>
internal sealed class PostgresStatements(NpgsqlBatch batch) : IStatementSink
{
    public void Run(string sql, params ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(ToParameter(value));
        }

        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter ToParameter(in SqlValue value) => value.Type switch
    {
        SqlType.Integer => new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = value.Number },
        SqlType.NullInteger => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = DBNull.Value },
        SqlType.Text => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = value.Content ?? DBNull.Value },
        _ => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = value.Content ?? DBNull.Value },
    };
}
