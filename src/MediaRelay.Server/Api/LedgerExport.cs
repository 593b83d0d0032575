using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Api;

/// <summary>
/// A whole ledger as lines of JSON, in memory that does not grow with it: whose it is, the keys, every entry as the ledger call
/// shows it, each checkpoint behind the entry that it covers, and the head at the end.
/// </summary>
internal sealed class LedgerExport(CommerceService commerce, MerchantId merchantId)
{
    public const string ContentType = "application/x-ndjson";

    private const int Format = 1;

    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        await WriteLineAsync(stream, new ExportHeaderLine(merchantId.Value, Format), ApiJson.Default.ExportHeaderLine, cancellationToken);
        foreach (var key in commerce.LedgerKeys().Values.OrderBy(key => key.Since))
        {
            await WriteLineAsync(stream, new ExportKeyLine(LedgerViews.Show(key)), ApiJson.Default.ExportKeyLine, cancellationToken);
        }

        var head = LedgerHead.Genesis(merchantId);
        long? after = 0;
        while (after is not null)
        {
            var page = (await commerce.ReadLedgerAsync(merchantId, after.Value, LedgerPage.MaxLimit, cancellationToken)).Value;
            var checkpoints = (await commerce.ReadCheckpointsAsync(merchantId, after.Value, LedgerPage.MaxLimit, cancellationToken)).Value;
            var next = 0;
            foreach (var entry in page.Entries)
            {
                await WriteLineAsync(stream, LedgerViews.Show(entry), ApiJson.Default.LedgerEntryResponse, cancellationToken);
                for (; next < checkpoints.Length && checkpoints[next].Seq <= entry.Seq; next++)
                {
                    var line = new ExportCheckpointLine(LedgerViews.Show(checkpoints[next]));
                    await WriteLineAsync(stream, line, ApiJson.Default.ExportCheckpointLine, cancellationToken);
                }

                head = new LedgerHead(merchantId, entry.Seq, entry.Hash);
            }

            after = page.Next;
        }

        await WriteLineAsync(stream, new ExportHeadLine(new ExportHead(head.Seq, head.Hash)), ApiJson.Default.ExportHeadLine, cancellationToken);
    }

    private static async Task WriteLineAsync<T>(Stream stream, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(stream, value, type, cancellationToken);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }
}
