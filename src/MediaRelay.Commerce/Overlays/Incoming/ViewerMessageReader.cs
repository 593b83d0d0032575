using System.Text;
using System.Text.Unicode;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Incoming;

/// <summary>Reads what viewers send. Nothing in it throws, whatever the bytes are.</summary>
public static class ViewerMessageReader
{
    public const int MaxLikes = 1000;
    public const int MaxCommentLength = 500;

    /// <summary>Fields of a body, known or not; more is no viewer's message.</summary>
    public const int MaxFields = 32;

    /// <summary>The message, or false and why not.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out ViewerEnvelope envelope, out OverlayRejection rejection)
    {
        envelope = default;
        if (data.Length > OverlayEnvelope.MaxBytes)
        {
            rejection = OverlayRejection.Oversized;
            return false;
        }

        rejection = OverlayRejection.Malformed;
        var reader = new MessagePackReader(data);
        if (!reader.TryReadArrayHeader(out var count) || count != OverlayEnvelope.FieldCount
            || !reader.TryReadUInt64(out var version))
        {
            return false;
        }

        if (version != OverlayEnvelope.Version)
        {
            rejection = OverlayRejection.UnknownVersion;
            return false;
        }

        long? mediaTime = null;
        if (!reader.TryReadUtf8(out var type)
            || !TryReadPositive(ref reader, out var seq)
            || !TryReadPositive(ref reader, out var sentAt)
            || (!reader.TryReadNil() && !TryReadMediaTime(ref reader, out mediaTime)))
        {
            return false;
        }

        var body = default(ViewerMessageFields);
        if (!TryReadBody(ref reader, ref body, out rejection))
        {
            return false;
        }

        if (!reader.IsAtEnd)
        {
            rejection = OverlayRejection.Malformed;
            return false;
        }

        rejection = TryMake(type, body, out var message);
        if (rejection != OverlayRejection.None)
        {
            return false;
        }

        envelope = new ViewerEnvelope(seq, sentAt, mediaTime, message!);
        return true;
    }

    private static bool TryReadPositive(ref MessagePackReader reader, out long value) =>
        reader.TryReadInt64(out value) && value >= 0;

    private static bool TryReadMediaTime(ref MessagePackReader reader, out long? mediaTime)
    {
        var isRead = TryReadPositive(ref reader, out var value);
        mediaTime = value;
        return isRead;
    }

    private static bool TryReadBody(
        ref MessagePackReader reader, ref ViewerMessageFields body, out OverlayRejection rejection)
    {
        rejection = OverlayRejection.Malformed;
        if (!reader.TryReadMapHeader(out var count) || count > MaxFields)
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!reader.TryReadUtf8(out var name))
            {
                return false;
            }

            var before = reader;
            if (body.TryRead(name, ref reader))
            {
                continue;
            }

            // Either a field nobody knows, which is skipped, or a known one of another type; or the value is cut off.
            reader = before;
            if (!reader.TrySkip())
            {
                return false;
            }

            if (ViewerMessageFields.IsKnown(name))
            {
                rejection = OverlayRejection.FieldInvalid;
                return false;
            }
        }

        rejection = OverlayRejection.None;
        return true;
    }

    private static OverlayRejection TryMake(
        ReadOnlySpan<byte> type, in ViewerMessageFields body, out ViewerMessage? message)
    {
        message = null;
        if (type.SequenceEqual("like"u8))
        {
            if (body.Count is not { } likes)
            {
                return OverlayRejection.FieldMissing;
            }

            message = likes is >= 1 and <= MaxLikes ? new LikeMessage((int)likes) : null;
        }
        else if (type.SequenceEqual("comment"u8))
        {
            if (!body.HasText)
            {
                return OverlayRejection.FieldMissing;
            }

            message = TryReadComment(body.Text, out var text) ? new CommentMessage(text) : null;
        }
        else if (type.SequenceEqual("share"u8))
        {
            if (!body.HasShareCode)
            {
                return OverlayRejection.FieldMissing;
            }

            message = ShareCode.TryParse(ToText(body.ShareCode), out var code) ? new ShareMessage(code) : null;
        }
        else if (type.SequenceEqual("click"u8))
        {
            return TryMakeClick(body, out message);
        }
        else if (type.SequenceEqual("receipt"u8))
        {
            if (body.Seq is not { } seq)
            {
                return OverlayRejection.FieldMissing;
            }

            message = new ReceiptMessage(seq);
        }
        else if (type.SequenceEqual("resume"u8))
        {
            if (body.AfterSeq is not { } after)
            {
                return OverlayRejection.FieldMissing;
            }

            message = new ResumeMessage(after);
        }
        else if (type.SequenceEqual("ping"u8))
        {
            if (body.T.IsEmpty)
            {
                return OverlayRejection.FieldMissing;
            }

            message = new PingMessage(body.T.ToArray());
        }
        else
        {
            return TryMakeForMerchant(type, body, out message);
        }

        return message is null ? OverlayRejection.FieldInvalid : OverlayRejection.None;
    }

    private static OverlayRejection TryMakeClick(in ViewerMessageFields body, out ViewerMessage? message)
    {
        message = null;
        if (body.HasMerchantId && body.HasItemId)
        {
            message = TryReadItem(body, out var item) ? new ItemClickMessage(item, body.OverlaySeq) : null;
        }
        else if (body is { X: { } x, Y: { } y })
        {
            // Written so that NaN fails.
            message = x is >= 0 and <= 1 && y is >= 0 and <= 1 ? new PictureClickMessage(x, y, body.OverlaySeq) : null;
        }
        else
        {
            return OverlayRejection.FieldMissing;
        }

        return message is null ? OverlayRejection.FieldInvalid : OverlayRejection.None;
    }

    private static OverlayRejection TryMakeForMerchant(
        ReadOnlySpan<byte> type, in ViewerMessageFields body, out ViewerMessage? message)
    {
        message = null;
        var isFollow = type.SequenceEqual("follow"u8);
        var isFavorite = type.SequenceEqual("favorite"u8);
        var isAddToCart = type.SequenceEqual("addToCart"u8);
        var isClaim = type.SequenceEqual("claim"u8);
        var isEnter = type.SequenceEqual("enter"u8);
        var isHelp = type.SequenceEqual("help"u8);
        if (!isFollow && !isFavorite && !isAddToCart && !isClaim && !isEnter && !isHelp)
        {
            return OverlayRejection.UnknownType;
        }

        var hasSecond = isFollow
            || ((isFavorite || isAddToCart) && body.HasItemId) || (isClaim && body.HasCouponId)
                || (isEnter && body.HasDrawId) || (isHelp && body.HasBargainId);
        if (!body.HasMerchantId || !hasSecond)
        {
            return OverlayRejection.FieldMissing;
        }

        if (!MerchantId.TryParse(ToText(body.MerchantId), out var merchant))
        {
            return OverlayRejection.FieldInvalid;
        }

        if (isFollow)
        {
            message = new FollowMessage(merchant);
        }
        else if (isFavorite || isAddToCart)
        {
            message = !TryReadItem(body, out var item)
                ? null
                : isFavorite ? new FavoriteMessage(item) : new AddToCartMessage(item);
        }
        else
        {
            var id = ToText(isClaim ? body.CouponId : isEnter ? body.DrawId : body.BargainId);
            message = !Identifier.IsValid(id) ? null
                : isClaim ? new ClaimMessage(merchant, id)
                : isEnter ? new EnterMessage(merchant, id)
                : new HelpMessage(merchant, id);
        }

        return message is null ? OverlayRejection.FieldInvalid : OverlayRejection.None;
    }

    private static bool TryReadItem(in ViewerMessageFields body, out ItemKey item)
    {
        item = default;
        if (!MerchantId.TryParse(ToText(body.MerchantId), out var merchant)
            || !ItemId.TryParse(ToText(body.ItemId), out var itemId))
        {
            return false;
        }

        item = new ItemKey(merchant, itemId);
        return true;
    }

    private static bool TryReadComment(ReadOnlySpan<byte> utf8, out string text)
    {
        text = "";
        if (utf8.Length > MaxCommentLength * 3 || !Utf8.IsValid(utf8))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(utf8).Trim();
        return text.Length is > 0 and <= MaxCommentLength && !text.Any(char.IsControl);
    }

    // Longer texts are no identifiers; null keeps them from being decoded.
    private static string? ToText(ReadOnlySpan<byte> utf8) =>
        utf8.Length <= Identifier.MaxLength ? Encoding.UTF8.GetString(utf8) : null;
}
