using MediaRelay.Storage.Postgres;
using Npgsql;

namespace MediaRelay.Storage.Tests.Postgres;

public sealed class PostgresSettingsTests
{
    [Theory]
    [InlineData("Host=db;Database=d;Username=u;Password=hush")]
    [InlineData("Server=db;DB=d;User Id=u;Password='hush'")]
    [InlineData("postgresql://u:hush@db/d")]
    [InlineData("postgres://u:%68ush@db:5432/d?sslmode=verify-full&connect_timeout=7")]
    public void TryRead_UsualForms_ServerDatabaseUserAndPassword(string text)
    {
        Assert.True(PostgresSettings.TryRead(text, out var settings, out _));

        var writing = new NpgsqlConnectionStringBuilder(settings.Writing);
        Assert.Equal(("db", 5432, "d", "u", "hush"), (writing.Host, writing.Port, writing.Database, writing.Username, writing.Password));
        Assert.Equal("db:5432/d as u", settings.Place);
    }

    [Theory]
    [InlineData("Host=db;Password=hush", "it names no Database")]
    [InlineData("Database=d;Password=hush", "it names no Host")]
    [InlineData("postgresql:///d", "it names no Host")]
    [InlineData("Host=db;Database=d;Port=abc;Password=hush", "the value of its keyword 'port' is not allowed there")]
    [InlineData("Host=db;Database=d;SSL Mode=maybe;Password=hush", "the value of its keyword 'ssl mode' is not allowed there")]
    [InlineData("Host=db;Databse=d;Password=hush", "its keyword 'databse' is unknown")]
    [InlineData("postgresql://u:hush@db/d?colour=hush", "its keyword 'colour' is unknown")]
    [InlineData("Host=db;Database=d;Password=a;hush=b", "a keyword after Password is unknown")]
    [InlineData("Host=db;Database=d;Password=a;hush", "it is not made of Keyword=value pairs")]
    [InlineData("hush", "it is not made of Keyword=value pairs")]
    [InlineData("postgresql://u:hu#sh@db:x/d", "it ")]
    public void TryRead_SomethingWrong_SaysWhatWithoutAnyValue(string text, string reason)
    {
        Assert.False(PostgresSettings.TryRead(text, out _, out var said));

        Assert.StartsWith(reason, said, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_NothingSaid_OneConnectionWithANameAndPreparedStatements()
    {
        Assert.True(PostgresSettings.TryRead("Host=db;Database=d", out var settings, out _));

        var writing = new NpgsqlConnectionStringBuilder(settings.Writing);
        Assert.False(writing.Pooling);
        Assert.True(writing.MaxAutoPrepare > 0);
        Assert.Equal(5, writing.Timeout);
        Assert.StartsWith("MediaRelay ", writing.ApplicationName, StringComparison.Ordinal);
        Assert.Equal(16, new NpgsqlConnectionStringBuilder(settings.Reading).MaxPoolSize);
    }

    [Fact]
    public void Writing_SaidOtherwise_TheOperatorsValuesStay()
    {
        Assert.True(PostgresSettings.TryRead(
            "Host=db;Database=d;Timeout=9;Maximum Pool Size=3;Application Name=relay-7;Keepalive=0", out var settings, out _));

        var reading = new NpgsqlConnectionStringBuilder(settings.Reading);
        Assert.Equal((9, 3, "relay-7"), (reading.Timeout, reading.MaxPoolSize, reading.ApplicationName));
        Assert.Equal(0, new NpgsqlConnectionStringBuilder(settings.Writing).KeepAlive);
    }
}
