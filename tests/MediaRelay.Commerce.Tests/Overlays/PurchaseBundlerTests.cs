using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Overlays;

public sealed class PurchaseBundlerTests
{
    private const long Start = 1592308800000000;

    private readonly PurchaseBundler _bundler = new();
    private readonly List<PurchaseBundle> _ready = [];

    [Fact]
    public void Add_400InASecond_OneByOne()
    {
        for (var i = 0; i < 400; i++)
        {
            _bundler.Add(Start + (i * 2500), null, Purchase(ItemA1), _ready);
        }

        Assert.Equal(400, _ready.Count);
        Assert.Null(_bundler.NextTimeout);
    }

    [Fact]
    public void Add_1000InASecond_NoneLostFewMessagesEachOfOneMerchant()
    {
        for (var i = 0; i < 1000; i++)
        {
            _bundler.Add(Start + (i * 1000), null, Purchase(i % 2 == 0 ? ItemA1 : ItemB1), _ready);
        }

        _bundler.HandleTimeout(_bundler.NextTimeout!.Value, _ready);
        _bundler.HandleTimeout(_bundler.NextTimeout ?? 0, _ready);

        Assert.Equal(1000, _ready.Sum(bundle => bundle.Purchases.Count));
        Assert.InRange(_ready.Count, 401, 420);
        Assert.All(
            _ready,
            bundle =>
                Assert.All(bundle.Purchases, purchase => Assert.Equal(bundle.MerchantId, purchase.Item.MerchantId)));
        Assert.Null(_bundler.NextTimeout);
    }

    [Fact]
    public void HandleTimeout_After100Ms_BundleIsDue()
    {
        for (var i = 0; i <= PurchaseBundler.MaxPerSecond; i++)
        {
            _bundler.Add(Start, 90, Purchase(ItemA1), _ready);
        }

        _ready.Clear();
        Assert.Equal(Start + PurchaseBundler.BundleMicros, _bundler.NextTimeout);
        _bundler.HandleTimeout(Start + PurchaseBundler.BundleMicros - 1, _ready);
        Assert.Empty(_ready);
        _bundler.HandleTimeout(Start + PurchaseBundler.BundleMicros, _ready);
        Assert.Equal((Start, 90L), (_ready[0].SentAtMicros, _ready[0].MediaTime));
    }

    [Fact]
    public void Add_FarAboveTheRate_BundlesStayBounded()
    {
        for (var i = 0; i < 2000; i++)
        {
            _bundler.Add(Start, null, Purchase(ItemA1), _ready);
        }

        Assert.All(_ready, bundle => Assert.InRange(bundle.Purchases.Count, 1, PurchaseBundler.MaxBundle));
    }

    [Fact]
    public void Add_ASecondAfterTheFlood_OneByOneAgain()
    {
        for (var i = 0; i < 2000; i++)
        {
            _bundler.Add(Start, null, Purchase(ItemA1), _ready);
        }

        _ready.Clear();
        _bundler.Add(Start + (2 * UnixMicros.PerSecond), null, Purchase(ItemB1), _ready);

        Assert.Single(_ready, bundle => bundle.MerchantId == B && bundle.Purchases.Count == 1);
    }

    private static Purchase Purchase(ItemKey item) => new(item, "title", 1, new Money(100, "CNY"), RoomA);
}
