using System.Text.Json.Nodes;

namespace MediaRelay.Server.Tests.Api.Ledger;

/// <summary>What a merchant holds in hands: an export, and a script that needs nothing else.</summary>
public sealed class LedgerExportTests
{
    private static readonly string[] Members =
    [
        "seq", "kind", "orderId", "lineNo", "merchantId", "itemId", "quantity", "amountMinor", "currency", "originRoomId",
        "carrierRoomId", "cohostId", "shareCode", "mediaTime", "occurredAt", "at", "hash",
    ];

    [Fact]
    public async Task Verify_UntouchedExport_HoldsAndTellsHowMuchIsVouchedFor()
    {
        using var night = await SoldNight.OpenAsync();
        var lines = await night.ExportAsync();
        var keys = (await night.Server.Anonymous.GetAsync("/v1/ledger-keys")).GetProperty("keys");
        var verified = await night.Server.Merchant("acme").GetAsync("/v1/merchants/acme/ledger/verify");
        var checkpoint = verified.GetProperty("checkpoint");

        var (exitCode, _, output) = await VerifyLedgerTool.RunAsync(
            lines, "--merchant", "acme", "--key", keys[0].GetProperty("kid").GetString()!,
            "--head", $"30:{checkpoint.GetProperty("head")}");

        Assert.Equal((0, "acme: 37 entries hold, head "), (exitCode, output[..Math.Min(output.Length, 28)]));
        Assert.Contains("3 checkpoints vouch for 30 of them", output, StringComparison.Ordinal);
        Assert.Equal(
            (true, 37, 3, 30, 30),
            (verified.GetProperty("ok").GetBoolean(), verified.GetProperty("entries").GetInt32(), verified.GetProperty("checkpoints").GetInt32(),
                verified.GetProperty("covered").GetInt32(), checkpoint.GetProperty("seq").GetInt32()));
    }

    [Fact]
    public async Task Verify_EmptyLedger_Holds()
    {
        using var night = await SoldNight.OpenAsync();
        using var answer = await night.Server.Merchant("zeta").SendAsync("GET", "/v1/merchants/zeta/ledger/export");

        var (exitCode, _, output) = await VerifyLedgerTool.RunAsync((await answer.Content.ReadAsStringAsync()).TrimEnd().Split('\n'));

        Assert.True(exitCode == 0, output);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(616)]
    public async Task Verify_TamperedAtRandomPlaces_FirstBadEntryIsNamed(int seed)
    {
        using var night = await SoldNight.OpenAsync();
        var good = await night.ExportAsync();
        var places = Enumerable.Range(0, good.Count).Where(i => good[i].StartsWith("{\"seq\"", StringComparison.Ordinal)).ToArray();
        Assert.Equal(SoldNight.Entries, places.Length);
        var random = new Random(seed);
        for (var attack = 0; attack < 24; attack++)
        {
            var lines = good.ToList();
            var entry = random.Next(1, SoldNight.Entries);
            var place = places[entry - 1];
            long expected = entry;
            string what;
            switch (attack % 6)
            {
                case 0:
                    var member = Members[random.Next(Members.Length)];
                    what = $"edited {member}";
                    lines[place] = Edit(lines[place], member, random);
                    break;
                case 1:
                    what = "dropped";
                    lines.RemoveAt(place);
                    break;
                case 2:
                    what = "swapped with the next";
                    (lines[place], lines[places[entry]]) = (lines[places[entry]], lines[place]);
                    break;
                case 3:
                    what = "repeated";
                    lines.Insert(place, lines[place]);
                    expected = entry + 1;
                    break;
                case 4:
                    what = "cut off behind it";
                    lines.RemoveRange(place + 1, lines.Count - place - 1);
                    expected = entry + 1;
                    break;
                default:
                    what = "cut off in its line";
                    lines.RemoveRange(place + 1, lines.Count - place - 1);
                    lines[place] = lines[place][..random.Next(1, lines[place].Length)];
                    break;
            }

            var (exitCode, firstBad, output) = await VerifyLedgerTool.RunAsync(lines);

            Assert.True(exitCode == 1 && firstBad == expected, $"seed {seed}, attack {attack}: entry {entry} {what}: {exitCode}, {output}");
        }
    }

    [Fact]
    public async Task Verify_CheckpointOrKeyTampered_NotBelieved()
    {
        using var night = await SoldNight.OpenAsync();
        var good = await night.ExportAsync();
        var second = good.FindAll(line => line.StartsWith("{\"checkpoint\"", StringComparison.Ordinal))[1];
        foreach (var member in new[] { "merchantId", "seq", "head", "at", "keyId", "signature" })
        {
            var edited = JsonNode.Parse(second)!;
            edited["checkpoint"]![member] = Other(edited["checkpoint"]![member]!);

            var (exitCode, firstBad, output) = await VerifyLedgerTool.RunAsync(good.Select(line => line == second ? edited.ToJsonString() : line));

            Assert.True(exitCode == 1 && firstBad == SoldNight.PerCheckpoint + 1, $"{member}: {exitCode}, {output}");
        }

        var otherKey = JsonNode.Parse(good[1])!;
        otherKey["key"]!["x"] = otherKey["key"]!["y"]!.GetValue<string>();
        Assert.Equal(1, (await VerifyLedgerTool.RunAsync(good.Select((line, i) => i == 1 ? otherKey.ToJsonString() : line))).ExitCode);
        Assert.Equal(1, (await VerifyLedgerTool.RunAsync(good, "--key", "another")).FirstBad);
        Assert.Equal(1, (await VerifyLedgerTool.RunAsync(good, "--merchant", "zeta")).FirstBad);
        Assert.Equal(1, (await VerifyLedgerTool.RunAsync(good, "--head", "3:" + new string('0', 64))).FirstBad);
        Assert.Equal(38, (await VerifyLedgerTool.RunAsync(good, "--head", "50:" + new string('0', 64))).FirstBad);
        Assert.Equal(2, (await VerifyLedgerTool.RunAsync([])).ExitCode);
        Assert.Equal(2, (await VerifyLedgerTool.RunAsync(good, "--wrong")).ExitCode);
    }

    private static string Edit(string line, string member, Random random)
    {
        var entry = JsonNode.Parse(line)!.AsObject();
        entry[member] = random.Next(8) == 0 && member is not ("seq" or "hash") ? "other" : Other(entry[member]);
        return entry.ToJsonString();
    }

    private static JsonNode Other(JsonNode? value) => value switch
    {
        null => "x",
        _ when value.GetValueKind() == System.Text.Json.JsonValueKind.Number => value.GetValue<long>() + 1,
        _ when value.GetValue<string>() is var text && DateTimeOffset.TryParse(text, out var time) && text.Contains('T', StringComparison.Ordinal) =>
            time.AddMicroseconds(1).ToString("O"),
        _ => (value.GetValue<string>()[0] == 'A' ? 'B' : 'A') + value.GetValue<string>()[1..],
    };
}
