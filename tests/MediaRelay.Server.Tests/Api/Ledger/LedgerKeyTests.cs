using MediaRelay.Server.Hosting;
using MediaRelay.Server.Ledger;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Tests.Api.Ledger;

public sealed class LedgerKeyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mediarelay-key-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Open_FirstStart_MakesAKeyThatOnlyThisUserReadsAndKeepsIt()
    {
        using var first = LedgerKey.Open(new LedgerOptions(), _directory);
        using var second = LedgerKey.Open(new LedgerOptions(), _directory);

        Assert.Equal(first.KeyId, second.KeyId);
        Assert.Equal([LedgerKey.FileName], Directory.GetFiles(_directory).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, LedgerKey.FileName)));
        }
    }

    [Fact]
    public void Open_FileMovedAway_AnotherKey()
    {
        using var first = LedgerKey.Open(new LedgerOptions(), _directory);
        File.Move(Path.Combine(_directory, LedgerKey.FileName), Path.Combine(_directory, "old.pem"));
        using var second = LedgerKey.Open(new LedgerOptions(), _directory);

        Assert.NotEqual(first.KeyId, second.KeyId);
    }

    [Fact]
    public void Open_KeyInTheSettings_NoFileIsMade()
    {
        using var own = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        using var signer = LedgerKey.Open(new LedgerOptions { SigningKey = own.ExportECPrivateKeyPem() }, _directory);

        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void Open_FileWithoutAKey_StartRefusedAndTheFileNamed(string content)
    {
        File.WriteAllText(Path.Combine(_directory, LedgerKey.FileName), content);

        var refused = Assert.Throws<StartRefusedException>(() => LedgerKey.Open(new LedgerOptions(), _directory));

        Assert.Contains(LedgerKey.FileName, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_KeyOfAnotherCurveOrPublicOnly_False()
    {
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        using var own = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);

        Assert.False(LedgerKey.TryRead(other.ExportPkcs8PrivateKeyPem(), out _));
        Assert.False(LedgerKey.TryRead(own.ExportSubjectPublicKeyInfoPem(), out _));
    }
}
