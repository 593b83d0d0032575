using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Ledger;

/// <summary>
/// The private key that signs the heads of ledgers: from the settings, or from a file that only this user may read. Another
/// key in its place is a rotation: what was signed before stays checkable with the public keys that the database keeps.
/// </summary>
internal static class LedgerKey
{
    public const string FileName = "ledger-key.pem";
    public const string Allowed = "the PEM text of a private key of the curve P-256 (openssl ecparam -name prime256v1 -genkey -noout)";

    public static bool TryRead(string pem, [NotNullWhen(true)] out LedgerSigner? signer)
    {
        signer = null;
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            _ = key.ExportParameters(includePrivateParameters: true);
            signer = new LedgerSigner(key);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            return false;
        }
    }

    /// <exception cref="StartRefusedException">The file cannot be read or made, or holds something else.</exception>
    public static LedgerSigner Open(LedgerOptions options, string directory)
    {
        if (TryRead(options.SigningKey, out var configured))
        {
            return configured;
        }

        var path = Path.Combine(directory, FileName);
        try
        {
            Directory.CreateDirectory(directory);
            if (!File.Exists(path))
            {
                Create(path);
            }

            return TryRead(File.ReadAllText(path), out var kept)
                ? kept
                : throw new StartRefusedException($"{LedgerOptions.Section}: the file '{Path.GetFullPath(path)}' holds no key; allowed: {Allowed}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{LedgerOptions.Section}: the file '{Path.GetFullPath(path)}' cannot be used: {e.Message}", e);
        }
    }

    // Beside it first: a crash in between must not leave half a key.
    private static void Create(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var draft = path + ".new";
        File.Delete(draft);
        using (var writer = new StreamWriter(draft, options))
        {
            writer.WriteLine(key.ExportPkcs8PrivateKeyPem());
            writer.Flush();
            ((FileStream)writer.BaseStream).Flush(flushToDisk: true);
        }

        File.Move(draft, path);
    }
}
