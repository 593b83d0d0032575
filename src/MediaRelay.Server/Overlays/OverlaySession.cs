using System.Buffers;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Interactions;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Overlays.Incoming;
using MediaRelay.Server.Admission;
using MediaRelay.Server.Moderation;

namespace MediaRelay.Server.Overlays;

/// <summary>
/// One viewer's overlays, whatever carries them: what it is sent and what it says. Used by one thread at a time.
/// </summary>
internal sealed class OverlaySession : IDisposable
{
    // Far more than a person does; it bounds what one viewer can make the relay sign, look up and send.
    private const int OthersPerSecond = 50;

    // Between what a viewer sees and what the feed is at: a minute of 90 kHz.
    private const long LongestDelay = 60 * 90_000;

    private readonly OverlayHub _hub;
    private readonly ViewerId _viewerId;
    private readonly Action<AddressedOverlay> _post;
    private readonly ViewerLanes _lanes;
    private readonly TokenBucket _likes;
    private readonly TokenBucket _comments;
    private readonly TokenBucket _others = new(OthersPerSecond);
    private readonly bool _isAcknowledged;
    private RoomId _roomId;
    private uint _mediaOffset;
    private long _lastReceipt;
    private OverlayLaneCounts _reported;

    /// <param name="post">
    /// Brings a message for this viewer to <see cref="Deliver(AddressedOverlay)"/>, behind all that was delivered to its room before. Called
    /// under the room's lock: must only hand it on.
    /// </param>
    /// <param name="isAcknowledged">The transport tells what has arrived (<see cref="Acknowledge"/>).</param>
    public OverlaySession(OverlayHub hub, RoomId roomId, ViewerId viewerId, Action<AddressedOverlay> post, bool isAcknowledged)
    {
        _hub = hub;
        _post = post;
        _isAcknowledged = isAcknowledged;
        _roomId = roomId;
        _viewerId = viewerId;
        _lanes = new ViewerLanes(hub.Limits.OverlayBytesPerViewer == 0 ? int.MaxValue : hub.Limits.OverlayBytesPerViewer);
        _likes = new TokenBucket(hub.Limits.LikesPerSecondPerViewer);
        _comments = new TokenBucket(hub.Limits.CommentsPerSecondPerViewer);
    }

    /// <summary>
    /// Begins with what followed <paramref name="after"/>, if that is kept; else the first message will be a snapshot.
    /// </summary>
    public void Begin(DateTimeOffset now, long? after)
    {
        if (after is { } seq && _hub.Room(_roomId).TryReplay(UnixMicros.Of(now), seq, upTo: null, out var messages, out var last))
        {
            _lanes.TryReplay(messages, last);
        }
    }

    /// <summary>A message for the whole room.</summary>
    public void Deliver(OverlayMessage message)
    {
        _lanes.Enqueue(message);
        _hub.Backlogs.Note(_lanes.BacklogBytes);
    }

    /// <summary>A message for this viewer; one of a room that it has left since is dropped.</summary>
    public void Deliver(AddressedOverlay addressed)
    {
        if (addressed.RoomId == _roomId)
        {
            Deliver(addressed.Message);
        }
    }

    /// <summary>
    /// The viewer goes on in another room: it gets what it is still owed here, <c>handOff</c>, and that room's snapshot next. What it
    /// says from now on belongs there; through which room it came in tonight stays as it was.
    /// </summary>
    /// <param name="mediaOffset">See <c>snapshot.body.mediaOffset</c>.</param>
    public void HandOff(DateTimeOffset now, RoomId to, uint mediaOffset)
    {
        _lanes.HandOff(_hub.Room(_roomId).HandOff(UnixMicros.Of(now), _hub.MediaTime(_roomId, now), to, _lanes.LastSeq));
        _roomId = to;
        _mediaOffset = mediaOffset;
        _lastReceipt = 0;
    }

    /// <summary>Tells this viewer something about itself, behind the room's snapshot.</summary>
    public void Notify(DateTimeOffset now, string code, string text)
    {
        if (HasSnapshot(now))
        {
            Answer(now, _hub.MediaTime(_roomId, now), new NoticeBody(code, text));
        }
    }

    /// <summary>The next message to send; it stays until <see cref="Advance"/>.</summary>
    public bool TryPeek(TimeProvider time, out ReadOnlySequence<byte> message)
    {
        // The clock is read for a snapshot only: this is asked for every message.
        if (_lanes.NeedsSnapshot && !HasSnapshot(time.GetUtcNow()))
        {
            message = default;
            return false;
        }

        _lanes.Pump();
        return _lanes.TryRead(out message);
    }

    /// <param name="position">See <see cref="ViewerLanes.Advance"/>.</param>
    public void Advance(long? position = null)
    {
        _lanes.Advance(position);
        if (_lanes.IsEmpty)
        {
            Report();
        }
    }

    /// <summary>Handles a message of the viewer; what is malformed or too much is dropped and counted.</summary>
    public void Receive(DateTimeOffset now, ReadOnlySpan<byte> data)
    {
        if (!ViewerMessageReader.TryRead(data, out var envelope, out var rejection))
        {
            _hub.Metrics.Rejected(rejection);
            return;
        }

        if (envelope.Message is not (LikeMessage or CommentMessage or ReceiptMessage) && _others.Take(now, 1) == 0)
        {
            _hub.Metrics.RateLimited("other");
            return;
        }

        switch (envelope.Message)
        {
            case LikeMessage like:
                var granted = _likes.Take(now, like.Count);
                _hub.Metrics.Likes(granted, like.Count - granted);
                _hub.Tallies.AddLikes(_roomId, granted);
                if (granted > 0)
                {
                    Note(Interaction(InteractionKind.Like, now) with { Count = granted });
                }

                break;
            case CommentMessage comment:
                if (_comments.Take(now, 1) == 0)
                {
                    _hub.Metrics.RateLimited("comment");
                    break;
                }

                _hub.Submit(new Comment(_roomId, _viewerId, comment.Text, now, _hub.MediaTime(_roomId, now)));
                break;
            case ShareMessage share:
                _hub.Metrics.Interaction("share");
                _hub.Commerce.RecordJoin(now, _viewerId, _roomId, share.ShareCode);
                Note(Interaction(InteractionKind.Share, now) with { ShareCode = share.ShareCode });
                break;
            case ItemClickMessage click:
                AnswerClick(now, click.Item, click.OverlaySeq);
                break;
            case PictureClickMessage tap:
                AnswerTap(now, tap, envelope.MediaTime);
                break;
            case ReceiptMessage receipt:
                // In order of number, so that one viewer counts once.
                if (receipt.Seq > _lastReceipt)
                {
                    _lastReceipt = receipt.Seq;
                    _hub.Room(_roomId).CountReceipt(UnixMicros.Of(now), receipt.Seq, isArrival: !_isAcknowledged);
                }

                break;
            case ResumeMessage resume:
                Replay(now, resume.AfterSeq);
                break;
            case PingMessage ping:
                Answer(now, _hub.MediaTime(_roomId, now), new PongBody(ping.T, UnixMicros.Of(now)));
                break;
            case ClaimMessage claim:
                _ = ParticipateAsync(now, "claim", new CampaignKey(claim.MerchantId, CampaignKind.Coupon, claim.CouponId));
                break;
            case EnterMessage enter:
                _ = ParticipateAsync(now, "entry", new CampaignKey(enter.MerchantId, CampaignKind.Draw, enter.DrawId));
                break;
            case HelpMessage help:
                _ = ParticipateAsync(now, "help", new CampaignKey(help.MerchantId, CampaignKind.Bargain, help.BargainId));
                break;
            case FollowMessage follow:
                Take("follow", Interaction(InteractionKind.Follow, now) with { MerchantId = follow.MerchantId });
                break;
            case FavoriteMessage favorite:
                Take("favorite", OnItem(InteractionKind.Favorite, now, favorite.Item));
                break;
            case AddToCartMessage cart:
                Take("addToCart", OnItem(InteractionKind.AddToCart, now, cart.Item));
                break;
        }
    }

    /// <summary>The transport says that everything up to a position has arrived.</summary>
    public void Acknowledge(DateTimeOffset now, long position) => _lanes.Acknowledge(UnixMicros.Of(now), position);

    public void Dispose()
    {
        Report();
        _lanes.Dispose();
    }

    // Makes the one that is needed; false when the room is gone.
    private bool HasSnapshot(DateTimeOffset now) =>
        !_lanes.NeedsSnapshot || _hub.TryEnqueueSnapshot(now, _roomId, _viewerId, _mediaOffset, _lanes);

    private InteractionEvent Interaction(InteractionKind kind, DateTimeOffset now) =>
        new(kind, now, _roomId, _viewerId, _hub.See(_roomId, now));

    private InteractionEvent OnItem(InteractionKind kind, DateTimeOffset now, ItemKey item) =>
        Interaction(kind, now) with { MerchantId = item.MerchantId, ItemId = item.ItemId };

    private void Note(InteractionEvent interaction) => _hub.Note(interaction);

    private void Take(string type, InteractionEvent interaction)
    {
        _hub.Metrics.Interaction(type);
        Note(interaction);
    }

    private void Answer<TBody>(DateTimeOffset now, long? mediaTime, in TBody body, MerchantId? merchantId = null)
        where TBody : IOverlayBody
    {
        Answer(_roomId, now, mediaTime, body, merchantId);
    }

    private void Answer<TBody>(RoomId roomId, DateTimeOffset now, long? mediaTime, in TBody body, MerchantId? merchantId)
        where TBody : IOverlayBody
    {
        _hub.Room(roomId).Address(
            UnixMicros.Of(now), mediaTime, body, message => _post(new AddressedOverlay(roomId, message)), merchantId);
    }

    private void AnswerClick(DateTimeOffset now, ItemKey item, long? overlaySeq, MerchantId? tileOwner = null)
    {
        var seen = _hub.See(_roomId, now);
        var overlay = overlaySeq is { } seq ? _hub.Room(_roomId).FindClicked(seq, item.MerchantId) : null;
        if (!_hub.Commerce.DescribeClick(now, _roomId, _viewerId, item, overlay, seen, tileOwner).TryGet(out var facts, out _))
        {
            _hub.Metrics.Rejected(OverlayRejection.FieldInvalid);
            return;
        }

        Take("click", new InteractionEvent(InteractionKind.Click, now, _roomId, _viewerId, seen)
        {
            MerchantId = item.MerchantId, ItemId = item.ItemId, OverlaySeq = overlaySeq,
        });
        var token = _hub.Commerce.SignClick(facts);
        Answer(now, seen.MediaTime, new ClickTokenBody(token, item), item.MerchantId);
    }

    // Waits for the disk, then answers on the viewer's loop as everything that is posted does.
    private async Task ParticipateAsync(DateTimeOffset now, string word, CampaignKey key)
    {
        var roomId = _roomId;
        try
        {
            var outcome = await _hub.Commerce.ParticipateAsync(now, roomId, key, _viewerId);
            if (!outcome.TryGet(out var answer, out _))
            {
                _hub.Metrics.ParticipationFailed(word);
                return;
            }

            _hub.Metrics.Participation(word, answer.Result);
            if (answer.Result == ParticipationResult.Accepted)
            {
                Note(new InteractionEvent(KindOf(key.Kind), now, roomId, _viewerId, _hub.See(roomId, now))
                {
                    MerchantId = key.MerchantId, Campaign = key,
                });
            }

            if (_hub.Commerce.GetCampaign(key).TryGet(out var view, out _))
            {
                Answer(roomId, now, _hub.MediaTime(roomId, now), CampaignBody.Answer(view.Campaign, word, _viewerId.Value, answer), key.MerchantId);
            }
        }
        catch (Exception bug)
        {
            // The boundary of work that nobody awaits.
            _hub.ParticipationFaulted(bug, key);
        }
    }

    private static InteractionKind KindOf(CampaignKind kind) => kind switch
    {
        CampaignKind.Coupon => InteractionKind.Claim,
        CampaignKind.Draw => InteractionKind.Enter,
        _ => InteractionKind.Help,
    };

    /// <summary>
    /// A tap on the picture means what the merchant whose tile the viewer saw there shows just now.
    /// </summary>
    /// <param name="mediaTime">
    /// What the viewer saw, by its own word: of the last minute at most, else it is not believed.
    /// </param>
    private void AnswerTap(DateTimeOffset now, PictureClickMessage tap, long? mediaTime)
    {
        var current = _hub.MediaTime(_roomId, now);
        var seen = mediaTime is { } said && said <= current && said > current - LongestDelay ? mediaTime : current;
        var (owner, spotlight) = _hub.FindTapped(_roomId, tap.X, tap.Y, seen);
        Take("tap", Interaction(InteractionKind.Tap, now) with
        {
            MerchantId = owner, ItemId = spotlight?.ItemId, Point = (tap.X, tap.Y), OverlaySeq = tap.OverlaySeq,
        });
        if (spotlight is { } item)
        {
            AnswerClick(now, item, tap.OverlaySeq, tileOwner: item.MerchantId);
        }
    }

    private void Replay(DateTimeOffset now, long after)
    {
        if (_hub.Room(_roomId).TryReplay(UnixMicros.Of(now), after, _lanes.SnapshotSeq, out var messages, out _))
        {
            _lanes.TryReplay(messages);
        }
    }

    private void Report()
    {
        var counts = _lanes.Counts;
        _hub.Metrics.Lanes(_reported, counts);
        _reported = counts;
    }
}
