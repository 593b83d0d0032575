using System.Reflection;
using System.Text.Json;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Rows;

namespace MediaRelay.Storage.Reading;

/// <summary>Turns rows of the event log back into the changes that they were.</summary>
internal static class EventLogReader
{
    /// <summary>What is logged when a room has no spotlight any more: the room alone.</summary>
    public const string SpotlightRemoved = "spotlight_removed";

    private static readonly Dictionary<string, Func<JsonElement, CommerceChange>> Kinds = new(StringComparer.Ordinal)
    {
        ["merchant"] = values => new MerchantChange(Row<MerchantRow>(values).ToMerchant()),
        ["room"] = values => new RoomChange(Row<RoomRow>(values).ToRoom()),
        ["show"] = values => new ShowChange(Row<ShowRow>(values).ToShow()),
        ["shelf_item"] = values => new ShelfItemChange(Row<ShelfItemRow>(values).ToItem()),
        ["spotlight"] = values => CommerceReader.ToChange(Row<SpotlightRow>(values).ToSpotlight()),
        [SpotlightRemoved] = values => new SpotlightChange(RoomId.Parse(values[0].GetString()!), null),
        ["cohost"] = values => new CoHostChange(Row<CoHostRow>(values).ToSession()),
        ["share_code"] = values => new ShareCodeChange(Row<ShareCodeRow>(values).ToEntry()),
        ["campaign"] = values => Row<CampaignRow>(values).ToChange(),
        ["participation"] = values => Row<ParticipationRow>(values).ToChange(),
        ["viewer_touch"] = values => new ViewerTouchChange(Row<ViewerTouchRow>(values).ToTouch()),
    };

    /// <summary>The change; throws <see cref="CommerceStoreException"/> for a row that no version has written.</summary>
    public static CommerceChange Read(long seq, string kind, string content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return Kinds.TryGetValue(kind, out var read)
                ? read(json.RootElement)
                : throw new CommerceStoreException($"Row {seq} of the event log has the unknown kind '{kind}'.");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new CommerceStoreException($"Row {seq} of the event log cannot be read: {e.Message}", e);
        }
    }

    // Values stand in the order of the columns, which is that of the constructor's parameters. Columns that were added
    // since are at the end and null.
    private static TRow Row<TRow>(JsonElement values)
    {
        var constructor = RowShape<TRow>.Constructor;
        var parameters = RowShape<TRow>.Parameters;
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < arguments.Length && i < values.GetArrayLength(); i++)
        {
            arguments[i] = values[i].ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.Number => values[i].GetInt64(),
                _ when parameters[i].ParameterType == typeof(byte[]) => values[i].GetBytesFromBase64(),
                _ => values[i].GetString(),
            };
        }

        return (TRow)constructor.Invoke(arguments);
    }

    private static class RowShape<TRow>
    {
        public static readonly ConstructorInfo Constructor = typeof(TRow).GetConstructors().Single();
        public static readonly ParameterInfo[] Parameters = Constructor.GetParameters();
    }
}
