using System.Text.Json.Nodes;

namespace MediaRelay.SaleNight;

/// <summary>Something on a merchant's shelf. Prices in fen.</summary>
internal sealed class Item(string id, string title, long priceMinor, long stock)
{
    public const string Currency = "CNY";
    private readonly long _fullStock = stock;

    public string Id { get; } = id;

    public string Title { get; } = title;

    public long PriceMinor { get; } = priceMinor;

    public long Stock { get; private set; } = stock;

    /// <summary>Takes pieces off the stock; the shelf is filled up before it runs out.</summary>
    public void Sell(long quantity)
    {
        Stock -= quantity;
        if (Stock < 10)
        {
            Stock += _fullStock;
        }
    }

    public JsonObject ToJson(int position) => new()
    {
        ["title"] = Title,
        ["priceMinor"] = PriceMinor,
        ["currency"] = Currency,
        ["stock"] = Stock,
        ["position"] = position,
    };
}
