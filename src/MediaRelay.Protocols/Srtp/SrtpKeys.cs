using System.Security.Cryptography;
using MediaRelay.Protocols.Dtls;

namespace MediaRelay.Protocols.Srtp;

/// <summary>
/// Master keys and salts of both directions, cut from what DTLS exported: client key, server key, client salt, server salt
/// (RFC 5764 §4.2).
/// </summary>
public sealed class SrtpKeys : IDisposable
{
    /// <summary>Bytes of a master key in both profiles.</summary>
    public const int KeyLength = 16;

    private readonly byte[] _material;

    /// <param name="profile">What was negotiated.</param>
    /// <param name="keyingMaterial">Exactly <see cref="GetMaterialLength"/> bytes; copied.</param>
    public SrtpKeys(SrtpProfile profile, ReadOnlySpan<byte> keyingMaterial)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keyingMaterial.Length, GetMaterialLength(profile), nameof(keyingMaterial));
        Profile = profile;
        _material = keyingMaterial.ToArray();
    }

    public SrtpProfile Profile { get; }

    public ReadOnlySpan<byte> ClientKey => _material.AsSpan(0, KeyLength);

    public ReadOnlySpan<byte> ServerKey => _material.AsSpan(KeyLength, KeyLength);

    public ReadOnlySpan<byte> ClientSalt => _material.AsSpan(2 * KeyLength, GetSaltLength(Profile));

    public ReadOnlySpan<byte> ServerSalt => _material.AsSpan((2 * KeyLength) + GetSaltLength(Profile));

    /// <summary>Bytes of a master salt: 14 for counter mode (RFC 3711 §8.2), 12 for GCM (RFC 7714 §12.1).</summary>
    public static int GetSaltLength(SrtpProfile profile) => profile switch
    {
        SrtpProfile.Aes128CmSha1_80 => 14,
        SrtpProfile.AeadAes128Gcm => 12,
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "not an SRTP profile"),
    };

    /// <summary>Bytes to export from DTLS.</summary>
    public static int GetMaterialLength(SrtpProfile profile) => 2 * (KeyLength + GetSaltLength(profile));

    /// <summary>The context that protects what the side with this role sends.</summary>
    public SrtpContext CreateOutbound(DtlsRole ownRole) => ownRole == DtlsRole.Client ? CreateClientWrite() : CreateServerWrite();

    /// <summary>The context that unprotects what the side with this role receives.</summary>
    public SrtpContext CreateInbound(DtlsRole ownRole) => ownRole == DtlsRole.Client ? CreateServerWrite() : CreateClientWrite();

    /// <summary>Wipes the keys.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_material);

    private SrtpContext CreateClientWrite() => new(Profile, ClientKey, ClientSalt);

    private SrtpContext CreateServerWrite() => new(Profile, ServerKey, ServerSalt);
}
