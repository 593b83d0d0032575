using System.Globalization;
using System.Text.Json;

using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Server.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.Ledger;

/// <summary>Somebody with the database in hand changes it beside the server.</summary>
public sealed class TamperedDatabaseTests
{
    private static readonly (string Column, string Value)[] Edits =
    [
        ("kind", "2"), ("order_id", "'x'"), ("line_no", "line_no + 1"), ("item_id", "'x'"), ("quantity", "quantity + 1"),
        ("amount_minor", "amount_minor + 1"), ("currency", "'EUR'"), ("origin_room_id", "'x'"), ("carrier_room_id", "'x'"),
        ("cohost_id", "'x'"), ("share_code", "'x'"), ("media_time", "1"), ("occurred_at", "occurred_at + 1"), ("at", "at + 1"),
        ("hash", "replace(replace(hash, 'a', 'b'), '0', '1')"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(616)]
    public async Task Verify_RowsEditedDroppedOrReordered_FirstBadIsNamed(int seed)
    {
        using var night = await SoldNight.OpenAsync();
        using var database = Open(night);
        var random = new Random(seed);
        for (var attack = 0; attack < 60; attack++)
        {
            var entry = random.Next(1, SoldNight.Entries);
            var (column, value) = Edits[random.Next(Edits.Length)];
            var sql = (attack % 3) switch
            {
                0 => $"UPDATE ledger SET {column} = {value} WHERE seq = {entry}",
                1 => $"DELETE FROM ledger WHERE seq = {entry}",
                _ => $"UPDATE ledger SET seq = -1 WHERE seq = {entry}; UPDATE ledger SET seq = {entry} WHERE seq = {entry + 1};"
                    + $" UPDATE ledger SET seq = {entry + 1} WHERE seq = -1",
            };
            Execute(database, sql);

            var found = await VerifyAsync(night);

            Assert.False(found.GetProperty("ok").GetBoolean(), $"seed {seed}, attack {attack}: {sql}");
            Assert.True(entry == found.GetProperty("firstBad").GetInt64(), $"seed {seed}, attack {attack}: {sql}: {found}");
            Execute(database, "DELETE FROM ledger; INSERT INTO ledger SELECT * FROM saved");
        }

        Assert.True((await VerifyAsync(night)).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Verify_EndCutOffWithItsHead_MissingAsFarAsACheckpointReached()
    {
        using var night = await SoldNight.OpenAsync();
        using var database = Open(night);

        Execute(database, "DELETE FROM ledger WHERE seq > 25; UPDATE ledger_head SET seq = 25, hash = (SELECT hash FROM ledger WHERE seq = 25)");

        Assert.Equal(26, (await VerifyAsync(night)).GetProperty("firstBad").GetInt64());
    }

    [Fact]
    public async Task Verify_AmountsEditedAndAllHashesMadeAnew_CheckpointsTell()
    {
        using var night = await SoldNight.OpenAsync();
        using var database = Open(night);
        var service = night.Server.Services.GetRequiredService<CommerceHost>().Service;
        var entries = (await service.ReadLedgerAsync(MerchantId.Parse("acme"), 0, 1000)).Value.Entries;
        var hash = LedgerHash.Genesis(MerchantId.Parse("acme"));
        foreach (var entry in entries)
        {
            var edited = entry.Seq == 14 ? entry with { AmountMinor = 1 } : entry;
            hash = LedgerHash.Next(hash, edited);
            Execute(database, string.Create(
                CultureInfo.InvariantCulture, $"UPDATE ledger SET amount_minor = {edited.AmountMinor}, hash = '{hash}' WHERE seq = {entry.Seq}"));
        }

        Execute(database, $"UPDATE ledger_head SET hash = '{hash}'");

        Assert.Equal(11, (await VerifyAsync(night)).GetProperty("firstBad").GetInt64());
    }

    [Fact]
    public async Task ReadStatement_LedgerUnderItChanged_ConflictInsteadOfOtherFigures()
    {
        using var night = await SoldNight.OpenAsync();
        var service = night.Server.Services.GetRequiredService<CommerceHost>().Service;
        await service.StartShowAsync(DateTimeOffset.UtcNow, RoomId.Parse("acme-room"));
        await night.Server.Platform.PostAsync("/v1/orders", OrderTests.Order("in-the-show", "acme", "tea"), 201);
        await night.Server.Platform.PostAsync("/v1/rooms/acme-room/close");
        await night.HandleTimeoutAsync();
        var merchant = night.Server.Merchant("acme");
        var statement = (await merchant.GetAsync("/v1/merchants/acme/statements")).GetProperty("statements")[0];
        var path = $"/v1/merchants/acme/statements/{statement.GetProperty("statementId")}";
        using var first = await merchant.SendAsync("GET", path);
        await night.Server.Platform.PostAsync("/v1/orders", OrderTests.Order("later", "acme", "tea"), 201);
        using var second = await merchant.SendAsync("GET", path);
        using var database = Open(night);

        Execute(database, "UPDATE ledger SET amount_minor = 1 WHERE order_id = 'in-the-show'");

        var bytes = await first.Content.ReadAsByteArrayAsync();
        Assert.Equal(bytes, await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(StatementDocument.Digest(bytes), statement.GetProperty("digest").GetString());
        Assert.Equal(
            $"sha-256=:{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(bytes))}:",
            first.Headers.GetValues("Repr-Digest").Single());
        await merchant.GetAsync(path, 409);
        await night.Server.Merchant("zeta").GetAsync(path, 403);
        await night.Server.Merchant("zeta").GetAsync(path.Replace("acme/", "zeta/", StringComparison.Ordinal), 404);
    }

    private static Task<JsonElement> VerifyAsync(SoldNight night) =>
        night.Server.Merchant("acme").GetAsync("/v1/merchants/acme/ledger/verify");

    private static SqliteConnection Open(SoldNight night)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(night.Server.DataDirectory, "commerce.db")};Pooling=False");
        connection.Open();
        Execute(connection, "DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete; CREATE TEMP TABLE saved AS SELECT * FROM ledger");
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
