using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Sharing;

namespace MediaRelay.Commerce.Tests.Sharing;

/// <summary>Runs alone: it measures the memory of the whole process.</summary>
[CollectionDefinition(nameof(ShareCodeMemoryTests), DisableParallelization = true)]
[Collection(nameof(ShareCodeMemoryTests))]
public sealed class ShareCodeMemoryTests
{
    [Fact]
    public void ShareCodes_100000_EachResolvesAndMemoryStaysCompact()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var codes = new ShareCodes();
        for (var i = 0; i < 100_000; i++)
        {
            codes.Set(Entry(i));
        }

        var bytesPerCode = (GC.GetTotalMemory(forceFullCollection: true) - before) / 100_000;
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(codes.TryResolve(ShareCode.Parse($"code-{i}"), out var entry));
            Assert.Equal(Entry(i), entry);
        }

        Assert.False(codes.TryResolve(ShareCode.Parse("code-100000"), out _));
        Assert.Equal(100_000, codes.Count);
        Assert.InRange(bytesPerCode, 20, 100);
    }

    private static ShareCodeEntry Entry(int i) => new(
        ShareCode.Parse($"code-{i}"), MerchantId.Parse($"m{i % 100}"), StoreId.Parse($"store-{i % 1000}"),
        GuideId.Parse($"guide-{i % 10_000}"),
        null);
}
