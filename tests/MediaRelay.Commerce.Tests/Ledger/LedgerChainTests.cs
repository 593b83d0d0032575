using System.Security.Cryptography;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;

namespace MediaRelay.Commerce.Tests.Ledger;

public sealed class LedgerChainTests
{
    private static readonly MerchantId Merchant = MerchantId.Parse("m");

    [Fact]
    public void Next_KnownEntry_HashOfTheDocumentedBytes()
    {
        // Written out by hand from the rule in LedgerHash.
        const string genesis = "6d6564696172656c61792d6c65646765722d31" + "02000000016d";
        const string entry =
            "010000000000000001" + "010000000000000001" + "02000000026f31" + "010000000000000007" + "02000000016d" + "020000000169"
            + "010000000000000002" + "0100000000000003e8" + "0200000003434e59" + "020000000172" + "020000000173" + "00" + "00"
            + "010000000000015f90" + "010000000000000001" + "010000000000000002";
        var genesisHash = Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(genesis)));

        Assert.Equal(genesisHash, LedgerHash.Genesis(Merchant));
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(genesisHash + entry))),
            LedgerHash.Next(genesisHash, Entry(1)));
    }

    [Fact]
    public void Verifier_GoodChain_Ok()
    {
        var chain = Chain(10);

        Assert.Equal(new LedgerVerification(true, 10, chain[^1].Hash, null, 0, 0), Verify(chain, chain));
        Assert.True(Verify([], []).IsOk);
    }

    [Fact]
    public void Verifier_AnyFieldEdited_FirstBadIsTheEntry()
    {
        var chain = Chain(10);
        var good = chain[4];
        var edits = new[]
        {
            good with { Kind = LedgerKind.Refund },
            good with { OrderId = OrderId.Parse("o2") },
            good with { LineNo = 8 },
            good with { MerchantId = MerchantId.Parse("n") },
            good with { ItemId = null },
            good with { Quantity = 3 },
            good with { AmountMinor = 1001 },
            good with { Currency = "USD" },
            good with { OriginRoomId = RoomId.Parse("s") },
            good with { CarrierRoomId = RoomId.Parse("r") },
            good with { CoHostId = CoHostId.Parse("c") },
            good with { ShareCode = ShareCode.Parse("c") },
            good with { MediaTime = null },
            good with { OccurredAt = good.OccurredAt.AddMicroseconds(1) },
            good with { At = good.At.AddMicroseconds(1) },
            good with { Hash = chain[3].Hash },
            good with { Seq = 6 },
        };

        foreach (var edit in edits)
        {
            var edited = chain.ToList();
            edited[4] = edit;
            Assert.Equal((false, (long?)5), (Verify(edited, chain).IsOk, Verify(edited, chain).FirstBad));
        }
    }

    [Fact]
    public void Verifier_DroppedSwappedOrCutOff_FirstBadIsThePlace()
    {
        var chain = Chain(10);
        var dropped = chain.ToList();
        dropped.RemoveAt(4);
        var swapped = chain.ToList();
        (swapped[4], swapped[5]) = (swapped[5], swapped[4]);

        Assert.Equal(5, Verify(dropped, chain).FirstBad);
        Assert.Equal(5, Verify(swapped, chain).FirstBad);
        Assert.Equal(8, Verify(chain.Take(7).ToList(), chain).FirstBad);
        Assert.Equal(1, Verify([], chain).FirstBad);
    }

    [Fact]
    public void Verifier_RewrittenFromTheMiddle_HeadDoesNotFit()
    {
        var chain = Chain(10);
        var rewritten = chain.Take(5).ToList();
        for (var i = 6; i <= 10; i++)
        {
            var entry = Entry(i) with { AmountMinor = 1 };
            rewritten.Add(entry with { Hash = LedgerHash.Next(rewritten[^1].Hash, entry) });
        }

        Assert.False(Verify(rewritten, chain).IsOk);
    }

    [Fact]
    public void Hash_NullAndEmptyAreDifferent()
    {
        var none = Entry(1) with { Currency = null };
        var empty = Entry(1) with { Currency = "" };

        Assert.NotEqual(
            LedgerHash.Next(LedgerHash.Genesis(Merchant), none), LedgerHash.Next(LedgerHash.Genesis(Merchant), empty));
    }

    [Fact]
    public void Figures_OfAnEvening_GrossAndNetApartReferralsAndRedemptionsCounted()
    {
        var session = CoHostId.Parse("c");
        var builder = new LedgerFiguresBuilder(Merchant, session, null);
        var sale = Entry(1) with { CoHostId = session, ShareCode = ShareCode.Parse("g") };
        builder.Add(sale);
        builder.Add(sale with { Kind = LedgerKind.Cancel, Quantity = -1, AmountMinor = -400 });
        builder.Add(sale with { Kind = LedgerKind.Refund, Quantity = 0, AmountMinor = -100 });
        builder.Add(sale with { Kind = LedgerKind.Redemption, AmountMinor = 50 });
        builder.Add(
            sale with { Kind = LedgerKind.Referral, ItemId = null, Quantity = null, AmountMinor = null, Currency = null });
        builder.Add(Entry(9));

        var figures = builder.Build(new LedgerHead(Merchant, 9, "00"));

        Assert.Equal(new CurrencyFigures("CNY", 1000, 400, 100, 50), Assert.Single(figures.Money));
        Assert.Equal(500, figures.Money[0].NetMinor);
        Assert.Equal(
            (5L, 1L, 1L, 1L, 1L),
            (figures.Entries, figures.Orders, figures.Lines, figures.Referrals, figures.Redemptions));
        Assert.Equal(new ItemFigures(ItemId.Parse("i"), "CNY", 2, 1, 1000, 500), Assert.Single(figures.Items));
        Assert.Equal(
            new ShareCodeFigures(ShareCode.Parse("g"), "CNY", 1, 1000, 500), Assert.Single(figures.ShareCodes));
        Assert.Equal(1, figures.CameFromElsewhere);
    }

    private static LedgerVerification Verify(List<LedgerEntry> entries, List<LedgerEntry> original)
    {
        var verifier = new LedgerVerifier(Merchant, [], new Dictionary<string, LedgerPublicKey>());
        entries.ForEach(verifier.Add);
        return verifier.Finish(
            original.Count == 0
                ? LedgerHead.Genesis(Merchant)
                : new LedgerHead(Merchant, original.Count, original[^1].Hash));
    }

    private static List<LedgerEntry> Chain(int count)
    {
        var chain = new List<LedgerEntry>();
        var hash = LedgerHash.Genesis(Merchant);
        for (var i = 1; i <= count; i++)
        {
            var entry = Entry(i);
            hash = LedgerHash.Next(hash, entry);
            chain.Add(entry with { Hash = hash });
        }

        return chain;
    }

    private static LedgerEntry Entry(long seq) => new(
        seq, LedgerKind.Sale, OrderId.Parse("o1"), 7, Merchant, ItemId.Parse("i"), 2, 1000, "CNY", RoomId.Parse("r"),
        RoomId.Parse("s"),
        null, null, 90_000, UnixMicros.ToTime(1), UnixMicros.ToTime(2), "");
}
