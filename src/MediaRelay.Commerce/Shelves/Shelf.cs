using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Shelves;

/// <summary>
/// What a merchant has on offer, in order. Immutable: a change gives a new shelf with the next version, so a reader
/// never sees half of one.
/// </summary>
public sealed class Shelf
{
    /// <summary>Two hundred are asked for; a thousand still fit into a few messages.</summary>
    public const int MaxItems = 1000;

    private Shelf(MerchantId merchantId, long version, ImmutableArray<ShelfItem> items)
    {
        MerchantId = merchantId;
        Version = version;
        Items = items;
    }

    public MerchantId MerchantId { get; }

    /// <summary>Goes up by one with each change; 0 for a shelf that was never touched.</summary>
    public long Version { get; }

    /// <summary>On offer now, in shelf order.</summary>
    public ImmutableArray<ShelfItem> Items { get; }

    /// <summary>The version as a strong entity tag, quotes included (RFC 9110 §8.8.3).</summary>
    public string ETag => $"\"{Version}\"";

    public static Shelf Empty(MerchantId merchantId) => new(merchantId, 0, []);

    public ShelfItem? Find(ItemId id)
    {
        foreach (var item in Items)
        {
            if (item.Key.ItemId == id)
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>The shelf after an item appeared, changed or left; the item's version becomes the shelf's.</summary>
    public Shelf With(ShelfItem item)
    {
        if (item.Key.MerchantId != MerchantId)
        {
            throw new InvalidOperationException($"{item.Key} cannot stand on the shelf of {MerchantId}.");
        }

        var items = Items.RemoveAll(other => other.Key.ItemId == item.Key.ItemId);
        if (!item.IsRemoved)
        {
            var index = 0;
            while (index < items.Length
                && (items[index].Position, items[index].Arrival).CompareTo((item.Position, item.Arrival)) < 0)
            {
                index++;
            }

            items = items.Insert(index, item);
        }

        return new Shelf(MerchantId, Math.Max(Version, item.Version), items);
    }
}
