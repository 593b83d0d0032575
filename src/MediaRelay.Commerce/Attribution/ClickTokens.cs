using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// Signs what a click says, so that an order can bring it back through the viewer's and the platform's hands: base64url
/// of a MessagePack array <c>[2, roomId, merchantId, itemId, viewerId, cohostId|nil, shareCode|nil, overlaySeq|nil,
/// mediaTime|nil, at µs, overlayType|nil, tileOwner|nil, speaker|nil]</c> followed by the first 16 bytes of its HMAC-SHA256. Thread-safe.
/// </summary>
public sealed class ClickTokens
{
    public const int KeyLength = 32;

    private const int Version = 2;
    private const int FieldCount = 13;
    private const int TagLength = 16;

    private readonly byte[] _key;

    /// <param name="key">32 secret bytes.</param>
    public ClickTokens(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyLength)
        {
            throw new ArgumentException($"The key has {key.Length} bytes; {KeyLength} are needed.", nameof(key));
        }

        _key = key.ToArray();
    }

    public string Sign(ClickFacts facts)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(FieldCount);
        writer.WriteInteger(Version);
        writer.WriteString(facts.RoomId.Value);
        writer.WriteString(facts.Item.MerchantId.Value);
        writer.WriteString(facts.Item.ItemId.Value);
        writer.WriteString(facts.ViewerId.Value);
        writer.WriteStringOrNil(facts.CoHostId?.Value);
        writer.WriteStringOrNil(facts.ShareCode?.Value);
        writer.WriteIntegerOrNil(facts.OverlaySeq);
        writer.WriteIntegerOrNil(facts.MediaTime);
        writer.WriteInteger(UnixMicros.Of(facts.At));
        writer.WriteStringOrNil(facts.OverlayType);
        writer.WriteStringOrNil(facts.TileOwner?.Value);
        writer.WriteStringOrNil(facts.Speaker?.Value);
        Span<byte> tag = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, buffer.WrittenSpan, tag);
        buffer.Write(tag[..TagLength]);
        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }

    /// <summary>The facts of a token that this relay signed; false for every other text.</summary>
    public bool TryVerify(string token, [NotNullWhen(true)] out ClickFacts? facts)
    {
        facts = null;
        if (!Base64Url.IsValid(token, out var length) || length <= TagLength)
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        var content = bytes.AsSpan(0, length - TagLength);
        Span<byte> tag = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, content, tag);
        return CryptographicOperations.FixedTimeEquals(tag[..TagLength], bytes.AsSpan(length - TagLength))
            && TryRead(content, out facts);
    }

    private static bool TryRead(ReadOnlySpan<byte> content, [NotNullWhen(true)] out ClickFacts? facts)
    {
        facts = null;
        var reader = new MessagePackReader(content);
        if (!reader.TryReadArrayHeader(out var fields) || fields != FieldCount
            || !reader.TryReadUInt64(out var version) || version != Version
            || !RoomId.TryParse(ReadText(ref reader), out var room)
            || !MerchantId.TryParse(ReadText(ref reader), out var merchant)
            || !ItemId.TryParse(ReadText(ref reader), out var item)
            || !ViewerId.TryParse(ReadText(ref reader), out var viewer))
        {
            return false;
        }

        CoHostId? cohost = CoHostId.TryParse(ReadText(ref reader), out var cohostId) ? cohostId : null;
        ShareCode? shareCode = ShareCode.TryParse(ReadText(ref reader), out var code) ? code : null;
        var overlaySeq = ReadNumber(ref reader);
        var mediaTime = ReadNumber(ref reader);
        if (!reader.TryReadInt64(out var at))
        {
            return false;
        }

        var overlayType = ReadText(ref reader);
        MerchantId? tileOwner = MerchantId.TryParse(ReadText(ref reader), out var tile) ? tile : null;
        MerchantId? speaker = MerchantId.TryParse(ReadText(ref reader), out var speaking) ? speaking : null;
        facts = new ClickFacts(
            room, new ItemKey(merchant, item), viewer, cohost, shareCode, overlaySeq, mediaTime, UnixMicros.ToTime(at),
            overlayType, tileOwner, speaker);
        return true;
    }

    private static string? ReadText(ref MessagePackReader reader) =>
        reader.TryReadUtf8(out var utf8) ? Encoding.UTF8.GetString(utf8) : SkipNil(ref reader);

    private static string? SkipNil(ref MessagePackReader reader)
    {
        reader.TryReadNil();
        return null;
    }

    private static long? ReadNumber(ref MessagePackReader reader)
    {
        if (reader.TryReadInt64(out var value))
        {
            return value;
        }

        reader.TryReadNil();
        return null;
    }
}
