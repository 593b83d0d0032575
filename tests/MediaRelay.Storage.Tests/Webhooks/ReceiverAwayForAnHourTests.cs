using System.Text.Json;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Commerce.Webhooks.Data;
using MediaRelay.Storage.Tests.Nights;

namespace MediaRelay.Storage.Tests.Webhooks;

public sealed class ReceiverAwayForAnHourTests
{
    private const int Events = 100_000;
    private const int Rooms = 20;

    /// <summary>An hour in virtual time: events come all the while, the receiver answers only after it.</summary>
    [Fact]
    public async Task Receiver_AwayForAnHour_GetsEverythingInOrderOnce()
    {
        await using var night = await Night.OpenAsync(new SqliteDatabase());
        await night.OpenRoomsAsync();
        var id = WebhookId.Parse("shop");
        await Night.MustAsync(night.Service.Webhooks.PutAsync(Night.Now, id, new WebhookDraft("https://shop.example/", ["*"], null)));
        var key = night.Service.Webhooks.Find(id)!.Key;
        var delivery = new WebhookDelivery(concurrency: 8, new Random(42));
        var received = Enumerable.Range(0, Rooms).ToDictionary(i => $"room-{i}", _ => new List<long>(), StringComparer.Ordinal);
        var (told, attempts, restarts) = (0, 0, 0);

        for (var second = 0; received.Values.Sum(seqs => seqs.Count) < Events; second++)
        {
            Assert.True(second < 4000, $"{received.Values.Sum(seqs => seqs.Count)} of {Events} events arrived.");
            var now = Night.Now.AddSeconds(second);
            if (told < Events)
            {
                var count = Math.Min(Events / 3600 * 2, Events - told);
                await Night.MustAsync(night.Service.Webhooks.TellAsync(now, [.. Enumerable.Range(told, count).Select(i => Join(now, i))]));
                told += count;
            }

            foreach (var stream in await Night.MustAsync(night.Service.Webhooks.ReadStreamsAsync(now, id)))
            {
                delivery.Grow(stream.Stream, stream.LastSeq);
            }

            while (delivery.TryTake(now, out var step))
            {
                if (step.Entry is null)
                {
                    delivery.GiveRead(
                        step.Stream, await night.Service.Webhooks.Outbox.ReadAsync(id, step.Stream, step.After, WebhookDelivery.Window, default));
                    continue;
                }

                if (second < 3600)
                {
                    attempts++;
                    delivery.Fail(now, step.Stream);
                    continue;
                }

                var body = JsonDocument.Parse(step.Entry.Body).RootElement;
                received[body.GetProperty("roomId").GetString()!].Add(body.GetProperty("seq").GetInt64());
                delivery.Succeed(step.Stream);
                if (delivery.Delivered == 1000)
                {
                    await Night.MustAsync(night.Service.Webhooks.RemoveAsync(now, id, key, delivery.TakeRemovals()));
                }
            }

            // A restart in the middle of it changes nothing: what waits is in the store.
            if (second == 1800)
            {
                await night.ReopenAsync();
                delivery = new WebhookDelivery(concurrency: 8, new Random(43));
                restarts++;
            }
        }

        await Night.MustAsync(night.Service.Webhooks.RemoveAsync(Night.Now, id, key, delivery.TakeRemovals()));
        Assert.Equal(1, restarts);
        Assert.InRange(attempts, 20, 100);
        Assert.All(received.Values, seqs => Assert.Equal(Enumerable.Range(1, Events / Rooms).Select(i => (long)i), seqs));
        Assert.Equal(default, night.Service.Webhooks.Backlog(id));
        Assert.Null(await night.Service.Webhooks.Outbox.ReadOldestAtAsync(id, default));
    }

    private static WebhookNotice Join(DateTimeOffset now, int i) => new(
        WebhookEventTypes.ViewerJoined, now, RoomId.Parse($"room-{i % Rooms}"), null, Night.A,
        new ViewerJoinedData($"v{i}", $"room-{i % Rooms}", null, null, null));
}
