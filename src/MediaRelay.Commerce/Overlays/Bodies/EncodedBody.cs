using System.Buffers;
using System.Text.Json;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// A body that somebody outside made up: a JSON object, encoded once, with its owner's <c>merchantId</c> put in.
/// </summary>
public sealed class EncodedBody : IOverlayBody
{
    private const int MaxDepth = 16;
    private const string MerchantIdName = "merchantId";

    private readonly byte[] _map;

    private EncodedBody(string type, MerchantId merchantId, byte[] map)
    {
        Type = type;
        MerchantId = merchantId;
        _map = map;
    }

    public string Type { get; }

    public MerchantId MerchantId { get; }

    /// <summary>Bytes of the map.</summary>
    public int Length => _map.Length;

    /// <summary>
    /// Takes over a body; refused when it is no object, too large, too deep, or names another merchant.
    /// </summary>
    public static Outcome<EncodedBody> Create(string? type, MerchantId merchantId, JsonElement body)
    {
        if (!OverlayTypes.CanBePublished(type))
        {
            return Problem.Invalid("type", type, OverlayTypes.AllowedToPublish);
        }

        if (body.ValueKind != JsonValueKind.Object)
        {
            return Problem.Invalid("body", body.ValueKind.ToString().ToLowerInvariant(), "an object");
        }

        if (body.TryGetProperty(MerchantIdName, out var named)
            && (named.ValueKind != JsonValueKind.String || named.GetString() != merchantId.Value))
        {
            return Problem.Invalid(
                "body.merchantId", named.ToString(), $"'{merchantId}', who publishes", ProblemKind.Unprocessable);
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        var others = body.EnumerateObject().Where(property => property.Name != MerchantIdName).ToList();
        writer.WriteMapHeader(others.Count + 1);
        writer.WriteString(MerchantIdName);
        writer.WriteString(merchantId.Value);
        foreach (var property in others)
        {
            writer.WriteString(property.Name);
            if (!TryWrite(writer, buffer, property.Value, MaxDepth))
            {
                return Problem.Invalid(
                    $"body.{property.Name}", property.Value.ToString(),
                    $"at most {MaxDepth} levels, {OverlayEnvelope.MaxBytes - OverlayEnvelope.Overhead} bytes in all, and finite numbers");
            }
        }

        return new EncodedBody(type!, merchantId, buffer.WrittenSpan.ToArray());
    }

    public void Write(MessagePackWriter writer) => writer.WriteRaw(_map);

    private static bool TryWrite(MessagePackWriter writer, ArrayBufferWriter<byte> buffer, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                writer.WriteNil();
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(value.GetBoolean());
                break;
            case JsonValueKind.String:
                writer.WriteString(value.GetString());
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var integer):
                writer.WriteInteger(integer);
                break;
            case JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number):
                writer.WriteDouble(number);
                break;
            case JsonValueKind.Array when depth > 0:
                writer.WriteArrayHeader(value.GetArrayLength());
                if (!value.EnumerateArray().All(element => TryWrite(writer, buffer, element, depth - 1)))
                {
                    return false;
                }

                break;
            case JsonValueKind.Object when depth > 0:
                writer.WriteMapHeader(value.EnumerateObject().Count());
                foreach (var property in value.EnumerateObject())
                {
                    writer.WriteString(property.Name);
                    if (!TryWrite(writer, buffer, property.Value, depth - 1))
                    {
                        return false;
                    }
                }

                break;
            default:
                return false;
        }

        return buffer.WrittenCount <= OverlayEnvelope.MaxBytes - OverlayEnvelope.Overhead;
    }
}
