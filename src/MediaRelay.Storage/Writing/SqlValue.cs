namespace MediaRelay.Storage.Writing;

/// <summary>
/// One parameter. It has a type even when it is null, because a server that plans a statement once for many rows has to
/// know it.
/// </summary>
internal readonly struct SqlValue
{
    private SqlValue(SqlType type, long number, object? content)
    {
        Type = type;
        Number = number;
        Content = content;
    }

    public SqlType Type { get; }

    /// <summary>Value of an <see cref="SqlType.Integer"/> that is not null.</summary>
    public long Number { get; }

    /// <summary>The text or the bytes; null for null, and for every number.</summary>
    public object? Content { get; }

    public bool IsNull => Type is SqlType.NullInteger || (Type is not SqlType.Integer && Content is null);

    public static implicit operator SqlValue(long value) => new(SqlType.Integer, value, null);

    public static implicit operator SqlValue(long? value) =>
        value is { } number ? number : new SqlValue(SqlType.NullInteger, 0, null);

    public static implicit operator SqlValue(bool value) => value ? 1L : 0L;

    public static implicit operator SqlValue(string? value) => new(SqlType.Text, 0, value);

    public static implicit operator SqlValue(byte[]? value) => new(SqlType.Blob, 0, value);
}
