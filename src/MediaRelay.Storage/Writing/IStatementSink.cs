namespace MediaRelay.Storage.Writing;

/// <summary>Takes the statements of a transaction in order; runs them at once or gathers them.</summary>
internal interface IStatementSink
{
    /// <param name="sql">One statement with parameters <c>$1</c>, <c>$2</c>, …; always the same text for the same kind of row.</param>
    /// <param name="values">The parameters in order.</param>
    void Run(string sql, params ReadOnlySpan<SqlValue> values);
}
