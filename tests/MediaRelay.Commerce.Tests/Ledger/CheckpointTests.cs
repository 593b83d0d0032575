using System.Security.Cryptography;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.State;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Ledger;

public sealed class CheckpointTests : IDisposable
{
    private readonly LedgerSigner _signer = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public void Dispose() => _signer.Dispose();

    // RFC 7638 has no example for an elliptic curve; this key is RFC 7517's (Appendix A.1), and its thumbprint was
    // computed apart from this code (openssl dgst over the required members).
    [Fact]
    public void Thumbprint_KeyOfRfc7517_AsComputedElsewhere() => Assert.Equal(
        "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",
        LedgerPublicKey.Thumbprint(
            "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"));

    [Fact]
    public void IsSignedBy_AnyMemberChanged_False()
    {
        var key = new LedgerPublicKey(_signer.KeyId, _signer.X, _signer.Y, DateTimeOffset.UnixEpoch);
        var good = _signer.Sign(DateTimeOffset.UnixEpoch.AddDays(1), new LedgerHead(A, 7, new string('a', 64)));
        using var other = new LedgerSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));

        Assert.True(good.IsSignedBy(key));
        Assert.False((good with { MerchantId = B }).IsSignedBy(key));
        Assert.False((good with { Seq = 8 }).IsSignedBy(key));
        Assert.False((good with { Head = new string('b', 64) }).IsSignedBy(key));
        Assert.False((good with { At = good.At.AddMicroseconds(1) }).IsSignedBy(key));
        Assert.False((good with { Signature = "" }).IsSignedBy(key));
        Assert.False((good with { Signature = "no base64url!" }).IsSignedBy(key));
        Assert.False(good.IsSignedBy(new LedgerPublicKey(other.KeyId, other.X, other.Y, default)));
        Assert.False(good.IsSignedBy(key with { X = other.X, Y = other.Y }));
        Assert.False(good.IsSignedBy(key with { X = key.Y, KeyId = LedgerPublicKey.Thumbprint(key.Y, key.Y) }));
    }

    [Fact]
    public void Signer_KeyOfAnotherCurve_Refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<ArgumentException>(() => new LedgerSigner(key));
    }

    [Fact]
    public async Task Timeout_IntervalPassed_EachLedgerWithNewEntriesIsSignedOnce()
    {
        await using var night = await SaleNight.OpenAsync(signer: _signer);
        Assert.Null(night.Service.NextTimeout());
        await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));
        Assert.Equal(night.Now.AddMinutes(5), night.Service.NextTimeout());

        night.Now = night.Now.AddMinutes(5).AddTicks(-10);
        await night.Service.HandleTimeoutAsync(night.Now);
        Assert.Null(night.Service.LastCheckpoint(A));
        night.Now = night.Now.AddTicks(10);
        await night.Service.HandleTimeoutAsync(night.Now);
        await night.Service.HandleTimeoutAsync(night.Now.AddHours(1));

        var made = (await night.Service.ReadCheckpointsAsync(A, 0, 10)).Value;
        Assert.Equal([(1L, night.Now, _signer.KeyId)], made.Select(checkpoint => (checkpoint.Seq, checkpoint.At, checkpoint.KeyId)));
        Assert.Equal(night.Store.Ledger(A)[^1].Hash, made[0].Head);
        Assert.Empty((await night.Service.ReadCheckpointsAsync(B, 0, 10)).Value);
        Assert.Null(night.Service.NextTimeout());
    }

    [Fact]
    public async Task Timeout_EnoughEntries_SignedWithoutWaiting()
    {
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { CheckpointEntries = 3 }, signer: _signer);
        for (var i = 1; i <= 7; i++)
        {
            await night.SubmitAsync($"o{i}", OrderKind.Paid, RoomA, Line(1, ItemA1));
            await night.Service.HandleTimeoutAsync(night.Now);
        }

        var verified = (await night.Service.VerifyLedgerAsync(A)).Value;
        Assert.Equal((true, 2, 6L), (verified.IsOk, verified.Checkpoints, verified.Covered));
    }

    [Fact]
    public async Task Reopen_WithAnotherKey_BothAreKnownAndOldCheckpointsHold()
    {
        await using var night = await SaleNight.OpenAsync(signer: _signer);
        await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));
        await night.Service.HandleTimeoutAsync(night.Now.AddMinutes(5));
        using var next = new LedgerSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));

        await using var service = await CommerceService.OpenAsync(night.Now, night.Store, signer: next);
        await service.SubmitOrderAsync(night.Now, night.Event("o2", OrderKind.Paid, RoomA, Line(1, ItemA1)));
        await service.HandleTimeoutAsync(night.Now.AddMinutes(10));

        Assert.Equal(2, service.LedgerKeys().Count);
        Assert.Equal(
            [_signer.KeyId, next.KeyId], (await service.ReadCheckpointsAsync(A, 0, 10)).Value.Select(made => made.KeyId));
        Assert.Equal((true, 2L), ((await service.VerifyLedgerAsync(A)).Value is var found ? (found.IsOk, found.Covered) : default));
    }

    /// <summary>The one attack that the chain alone does not show: an edit, and every hash after it made anew.</summary>
    [Fact]
    public async Task Verifier_EditedAndAllHashesMadeAnew_FirstBadIsBehindTheLastGoodCheckpoint()
    {
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { CheckpointEntries = 10 }, signer: _signer);
        for (var i = 1; i <= 35; i++)
        {
            await night.SubmitAsync($"o{i}", OrderKind.Paid, RoomA, Line(1, ItemA1));
            await night.Service.HandleTimeoutAsync(night.Now);
        }

        var checkpoints = (await night.Service.ReadCheckpointsAsync(A, 0, 10)).Value;
        var keys = night.Service.LedgerKeys();
        for (var edited = 1; edited <= 35; edited++)
        {
            var forged = Rehash(night.Store.Ledger(A), edited, entry => entry with { AmountMinor = 1 });
            var verifier = new LedgerVerifier(A, checkpoints, keys);
            forged.ForEach(verifier.Add);
            var found = verifier.Finish(new LedgerHead(A, forged.Count, forged[^1].Hash));

            // What no checkpoint covers yet can be made anew by who has the database: that is what they are for.
            Assert.Equal(edited > 30, found.IsOk);
            Assert.Equal(edited > 30 ? null : ((edited - 1) / 10 * 10) + 1, found.FirstBad);
        }
    }

    [Fact]
    public async Task Verifier_CutOffBehindACheckpointWithTheHead_FirstBadIsTheFirstThatIsGone()
    {
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { CheckpointEntries = 5 }, signer: _signer);
        for (var i = 1; i <= 5; i++)
        {
            await night.SubmitAsync($"o{i}", OrderKind.Paid, RoomA, Line(1, ItemA1));
        }

        await night.Service.HandleTimeoutAsync(night.Now);
        var verifier = new LedgerVerifier(A, (await night.Service.ReadCheckpointsAsync(A, 0, 10)).Value, night.Service.LedgerKeys());
        var left = night.Store.Ledger(A).Take(3).ToList();
        left.ForEach(verifier.Add);

        Assert.Equal(4, verifier.Finish(new LedgerHead(A, 3, left[^1].Hash)).FirstBad);
    }

    private static List<LedgerEntry> Rehash(IReadOnlyList<LedgerEntry> entries, int seq, Func<LedgerEntry, LedgerEntry> edit)
    {
        var hash = LedgerHash.Genesis(A);
        return [.. entries.Select(entry =>
        {
            var next = entry.Seq == seq ? edit(entry) : entry;
            hash = LedgerHash.Next(hash, next);
            return next with { Hash = hash };
        })];
    }
}
