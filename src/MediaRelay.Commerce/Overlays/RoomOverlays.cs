using System.Buffers;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Interactions;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// A room's overlay messages: numbers and encodes each once, hands it on in order of number, and keeps the last minute.
/// Thread-safe.
/// </summary>
/// <param name="deliver">
/// Takes each message for the whole room, in order of number. Called under the room's lock from whichever thread
/// publishes: must only hand the message on.
/// </param>
public sealed class RoomOverlays(RoomId roomId, Action<OverlayMessage> deliver)
{
    // Leaves the rest of the 60 KiB for merchants' names, session and layout.
    private const int SnapshotItemBytes = 48 * 1024;

    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly OverlayRing _ring = new();
    private readonly PurchaseBundler _bundler = new();
    private readonly List<PurchaseBundle> _ready = [];
    private readonly PublishTurns<Action> _turns = new();
    private long _lastSeq;

    public RoomId RoomId => roomId;

    /// <summary>How the room's picture was arranged, for taps on it.</summary>
    public LayoutTimeline Layouts { get; } = new();

    /// <summary>The last number given; 0 before the first message.</summary>
    public long LastSeq
    {
        get
        {
            lock (_gate)
            {
                return _lastSeq;
            }
        }
    }

    /// <summary>When <see cref="HandleTimeout"/> has something to do, in Unix microseconds; null for never.</summary>
    public long? NextTimeout
    {
        get
        {
            lock (_gate)
            {
                return (_bundler.NextTimeout, _turns.NextTimeout) switch
                {
                    ({ } bundle, { } turn) => Math.Min(bundle, turn),
                    var (bundle, turn) => bundle ?? turn,
                };
            }
        }
    }

    /// <summary>Messages of merchants that wait for their turn.</summary>
    public int WaitingTurns
    {
        get
        {
            lock (_gate)
            {
                return _turns.Waiting;
            }
        }
    }

    /// <summary>
    /// Asks whether a merchant may publish: now (true), when <paramref name="go"/> is called (false), or not at all, because too many of its
    /// messages wait (null). See <see cref="PublishTurns{T}"/>.
    /// </summary>
    /// <param name="go">Called under the room's lock by <see cref="HandleTimeout"/>: must only hand on.</param>
    public bool? EnterTurn(long nowMicros, MerchantId merchant, int bytes, Action go)
    {
        lock (_gate)
        {
            return _turns.Enter(nowMicros, merchant, bytes, go);
        }
    }

    /// <summary>Numbers, encodes, keeps and delivers a message for the whole room.</summary>
    /// <param name="sentAtMicros">When the cause was accepted, in Unix microseconds.</param>
    /// <param name="mediaTime">90 kHz on the room's feed, or null.</param>
    /// <param name="merchantId">Whose message it is; null for the room's own.</param>
    public OverlayMessage Publish<TBody>(
        long sentAtMicros, long? mediaTime, in TBody body, MerchantId? merchantId = null)
        where TBody : IOverlayBody
    {
        lock (_gate)
        {
            var message = Encode(sentAtMicros, mediaTime, body, merchantId, isAddressed: false);
            if (message.Class >= OverlayClass.Shelf)
            {
                _ring.Add(message);
            }

            deliver(message);
            return message;
        }
    }

    /// <summary>Numbers and encodes a message for one viewer (pong, click token, notice).</summary>
    /// <param name="hand">
    /// Hands it on to this viewer. Called under the room's lock as <c>deliver</c> is, so that it comes between the room's messages in order
    /// of number.
    /// </param>
    public OverlayMessage Address<TBody>(
        long sentAtMicros, long? mediaTime, in TBody body, Action<OverlayMessage> hand, MerchantId? merchantId = null)
        where TBody : IOverlayBody
    {
        lock (_gate)
        {
            var message = Encode(sentAtMicros, mediaTime, body, merchantId, isAddressed: true);
            hand(message);
            return message;
        }
    }

    /// <summary>Publishes purchases, bundled when there are too many.</summary>
    public void PublishPurchases(long nowMicros, long? mediaTime, IReadOnlyList<Purchase> purchases)
    {
        lock (_gate)
        {
            foreach (var purchase in purchases)
            {
                _bundler.Add(nowMicros, mediaTime, purchase, _ready);
            }

            PublishReady();
        }
    }

    /// <summary>Publishes the bundles that are due, and lets those publish whose turn it is.</summary>
    public void HandleTimeout(long nowMicros)
    {
        lock (_gate)
        {
            while (_turns.TakeDue(nowMicros, out var go))
            {
                go();
            }

            _bundler.HandleTimeout(nowMicros, _ready);
            PublishReady();
        }
    }

    /// <summary>
    /// A viewer's beginning: <c>snapshot</c>, and <c>shelf</c> messages with what did not fit into it. All carry the
    /// last number given, and what is published from now on is higher.
    /// </summary>
    /// <param name="readShelves">
    /// Gives what the room shows; called after the number is fixed, so that nothing falls between the two.
    /// </param>
    /// <param name="mediaOffset">
    /// To be added to media times to get this viewer's RTP timestamps; 0 unless it was handed over.
    /// </param>
    /// <param name="tiles">As the mixer arranges them for this room; empty when not co-hosting.</param>
    public IReadOnlyList<OverlayMessage> Snapshot(
        long nowMicros, long? mediaTime, Func<RoomShelves> readShelves, ViewerId viewerId, uint mediaOffset,
        IReadOnlyList<LayoutTile> tiles)
    {
        var seq = LastSeq;
        var shelves = readShelves();
        var counts = new int[shelves.Merchants.Count];
        var rest = new List<ShelfBody>();
        var room = SnapshotItemBytes;
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = CountFitting(shelves.Merchants[i].Shelf, 0, ref room);
            rest.AddRange(Chunks(shelves.Merchants[i], counts[i], isFull: false));
        }

        var messages = new List<OverlayMessage>(1 + rest.Count)
        {
            EncodeAt(
                seq, nowMicros, mediaTime, new SnapshotBody(shelves, viewerId, mediaOffset, counts, tiles), null,
                isAddressed: true),
        };
        foreach (var body in rest)
        {
            messages.Add(EncodeAt(seq, nowMicros, mediaTime, body, body.MerchantId, isAddressed: true));
        }

        return messages;
    }

    /// <summary>
    /// The never-shed messages behind a number, for a viewer who comes back. False when some of them are not kept any
    /// more or the number was never given: the viewer needs a snapshot.
    /// </summary>
    /// <param name="upTo">
    /// The last number that is replayed: that of the viewer's snapshot, or what is now the last.
    /// </param>
    public bool TryReplay(
        long nowMicros, long after, long? upTo, out IReadOnlyList<OverlayMessage> messages, out long last)
    {
        lock (_gate)
        {
            var replay = new List<OverlayMessage>();
            last = Math.Min(upTo ?? _lastSeq, _lastSeq);
            messages = replay;
            return after >= 0 && after <= _lastSeq && _ring.TryRead(nowMicros, after, last, replay);
        }
    }

    /// <summary>
    /// What a viewer is still owed who goes on in another room: the never-shed messages behind the last one that it was
    /// given (they may be on their way to it, and would find it gone), and <c>handOff</c>.
    /// </summary>
    /// <param name="after">The number of the last message that the viewer was given.</param>
    public IReadOnlyList<OverlayMessage> HandOff(long nowMicros, long? mediaTime, RoomId to, long after)
    {
        lock (_gate)
        {
            // Should some of them not be kept any more, the viewer has been out of step for a minute: the new room's
            // snapshot is what helps it.
            var last = new List<OverlayMessage>();
            _ = _ring.TryRead(nowMicros, after, _lastSeq, last);
            last.Add(Encode(nowMicros, mediaTime, new HandOffBody(roomId, to), merchantId: null, isAddressed: true));
            return last;
        }
    }

    /// <summary>A viewer's <c>receipt</c> of a message; unknown and forgotten numbers are ignored.</summary>
    /// <param name="isArrival">Nothing else tells that the message has arrived: the viewer's transport acknowledges nothing.</param>
    public void CountReceipt(long nowMicros, long seq, bool isArrival)
    {
        if (FindDelivery(seq) is { } delivery)
        {
            delivery.CountConfirmed();
            if (isArrival)
            {
                delivery.CountReceived(nowMicros);
            }
        }
    }

    /// <summary>
    /// How a message fared; false when it is older than a minute or was no never-shed message for the whole room.
    /// </summary>
    public bool TryGetReceipt(
        long nowMicros, long seq, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DeliveryReceipt? receipt)
    {
        receipt = FindDelivery(seq)?.Read(nowMicros);
        return receipt is not null;
    }

    /// <summary>
    /// The overlay that a viewer says it clicked: null when that cannot be, because the number was never given or the
    /// overlay is another merchant's; without a type when it is older than a minute.
    /// </summary>
    public (long Seq, string? Type)? FindClicked(long seq, MerchantId itemOwner)
    {
        if (seq < 1 || seq > LastSeq)
        {
            return null;
        }

        var delivery = FindDelivery(seq);
        return delivery?.MerchantId is { } owner && owner != itemOwner ? null : (seq, delivery?.Type);
    }

    private OverlayDelivery? FindDelivery(long seq)
    {
        lock (_gate)
        {
            return _ring.FindDelivery(seq);
        }
    }

    /// <summary>A merchant's whole shelf as messages that each fit; the first replaces what viewers have.</summary>
    internal static IEnumerable<ShelfBody> Whole(MerchantShelf merchant) => Chunks(merchant, 0, isFull: true);

    private static List<ShelfBody> Chunks(MerchantShelf merchant, int from, bool isFull)
    {
        var chunks = new List<ShelfBody>();
        while (isFull || from < merchant.Shelf.Items.Length)
        {
            var room = SnapshotItemBytes;
            var count = CountFitting(merchant.Shelf, from, ref room);
            chunks.Add(new ShelfBody(
                merchant.Merchant.Id, merchant.Shelf.Version, [.. merchant.Shelf.Items.AsSpan(from, count)],
                Name: merchant.Merchant.Name, IsFull: isFull, IsMore: !isFull));
            from += count;
            isFull = false;
        }

        return chunks;
    }

    private static int CountFitting(Shelf shelf, int from, ref int room)
    {
        var count = 0;
        while (from + count < shelf.Items.Length && ShelfBody.SizeOf(shelf.Items[from + count]) is var size
            && size <= room)
        {
            room -= size;
            count++;
        }

        return count;
    }

    private void PublishReady()
    {
        foreach (var bundle in _ready)
        {
            if (bundle.Purchases.Count == 1)
            {
                Publish(
                    bundle.SentAtMicros, bundle.MediaTime, new PurchaseBody(bundle.Purchases[0]), bundle.MerchantId);
            }
            else
            {
                Publish(bundle.SentAtMicros, bundle.MediaTime, new PurchaseBundleBody(bundle), bundle.MerchantId);
            }
        }

        _ready.Clear();
    }

    private OverlayMessage Encode<TBody>(
        long sentAtMicros, long? mediaTime, in TBody body, MerchantId? merchantId, bool isAddressed)
        where TBody : IOverlayBody =>
            Encode(_buffer, ++_lastSeq, sentAtMicros, mediaTime, body, merchantId, isAddressed);

    // Snapshots are large and made for one viewer: they take their own buffer and not the room's lock.
    private static OverlayMessage EncodeAt<TBody>(
        long seq, long sentAtMicros, long? mediaTime, in TBody body, MerchantId? merchantId, bool isAddressed)
        where TBody : IOverlayBody =>
        Encode(new ArrayBufferWriter<byte>(4096), seq, sentAtMicros, mediaTime, body, merchantId, isAddressed);

    private static OverlayMessage Encode<TBody>(
        ArrayBufferWriter<byte> buffer, long seq, long sentAtMicros, long? mediaTime, in TBody body,
        MerchantId? merchantId, bool isAddressed)
        where TBody : IOverlayBody
    {
        buffer.ResetWrittenCount();
        OverlayEnvelope.Write(new MessagePackWriter(buffer), seq, sentAtMicros, mediaTime, body);
        if (buffer.WrittenCount > OverlayEnvelope.MaxBytes)
        {
            throw new InvalidOperationException(
                $"A {body.Type} message of {buffer.WrittenCount} bytes exceeds {OverlayEnvelope.MaxBytes}.");
        }

        return new OverlayMessage(body.Type, seq, sentAtMicros, merchantId, isAddressed, buffer.WrittenSpan.ToArray());
    }
}
