using System.Globalization;

namespace MediaRelay.Storage.Writing;

/// <summary>Writes out the statements that every table needs, so that no column is named in one half and forgotten in the other.</summary>
internal static class SqlText
{
    /// <summary>A new row; a second one with the same key is an error.</summary>
    /// <param name="columns">With commas, in the order of the values.</param>
    public static string Insert(string table, string columns)
    {
        var values = Split(columns).Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}"));
        return $"INSERT INTO {table} ({columns}) VALUES ({string.Join(", ", values)})";
    }

    /// <summary>A new row, or new values in the old one.</summary>
    /// <param name="key">The columns by which a row is the same row.</param>
    /// <param name="updated">The columns that an old row takes over; all but the key by default.</param>
    public static string Upsert(string table, string columns, string key, string? updated = null)
    {
        var taken = updated is null ? Split(columns).Except(Split(key), StringComparer.Ordinal) : Split(updated);
        return $"{Insert(table, columns)} ON CONFLICT ({key}) DO UPDATE SET "
            + string.Join(", ", taken.Select(column => $"{column} = excluded.{column}"));
    }

    private static string[] Split(string columns) => columns.Split(',', StringSplitOptions.TrimEntries);
}
