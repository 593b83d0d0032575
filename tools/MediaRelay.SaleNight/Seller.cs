using MediaRelay.Client.Sources;

namespace MediaRelay.SaleNight;

/// <summary>A merchant with its room (both go by the same id), its shelf and its look.</summary>
internal sealed record Seller(string Id, string Name, string RoomTitle, IReadOnlyList<Item> Items, GStreamerOptions Look)
{
    /// <summary>The two of the night.</summary>
    public static IReadOnlyList<Seller> All { get; } =
    [
        new(
            "aurora",
            "Aurora 晨光",
            "Dawn beauty · 晨光美妆夜",
            [
                new Item("serum", "Dew serum 30 ml · 晨露精华", 19_900, 300),
                new Item("cream", "Silk day cream · 丝柔日霜", 15_800, 240),
                new Item("lipstick", "Rouge no. 7 · 七号口红", 12_900, 500),
                new Item("mask", "Rice mask, 5 pieces · 米酿面膜五片", 6_900, 800),
                new Item("cleanser", "Amino cleanser · 氨基酸洁面", 8_800, 400),
                new Item("set", "Dawn gift set · 晨光礼盒", 49_900, 120),
            ],
            new GStreamerOptions
            {
                Title = "Aurora 晨光", Foreground = 0xFFFFD166, Background = 0xFF8A1C4A, Tone = 440, Wave = "sine",
            }),
        new(
            "bamboo",
            "Bamboo 竹韵",
            "Bamboo home · 竹韵好物夜",
            [
                new Item("teapot", "Clay teapot · 紫砂壶", 26_800, 150),
                new Item("cups", "Four tea cups · 竹节杯四只", 9_900, 320),
                new Item("tea", "Spring tea 100 g · 明前绿茶", 16_800, 260),
                new Item("board", "Cutting board · 整竹砧板", 7_900, 450),
                new Item("basket", "Woven basket · 手编竹篮", 5_900, 380),
                new Item("lamp", "Paper lamp · 竹影灯", 21_800, 140),
                new Item("chopsticks", "Ten chopsticks · 楠竹筷十双", 2_900, 900),
            ],
            new GStreamerOptions
            {
                Title = "Bamboo 竹韵", Foreground = 0xFFE9F5DB, Background = 0xFF1B5E3B, Tone = 660, Wave = "triangle",
            }),
    ];

    /// <summary>The picture without GStreamer: the background alone (BT.601, studio range).</summary>
    public SyntheticMediaOptions PlainLook()
    {
        var (red, green, blue) = ((Look.Background >> 16) & 0xFF, (Look.Background >> 8) & 0xFF, Look.Background & 0xFF);
        return new SyntheticMediaOptions
        {
            Width = Look.Width,
            Height = Look.Height,
            BitRate = Look.BitRate,
            Color = (
                (byte)(16 + (((66 * red) + (129 * green) + (25 * blue)) >> 8)),
                (byte)(128 + (((-38 * red) - (74 * green) + (112 * blue)) >> 8)),
                (byte)(128 + (((112 * red) - (94 * green) - (18 * blue)) >> 8))),
        };
    }
}
