using System.Buffers;
using System.Buffers.Text;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// A signed statement of where a merchant's chain was: who keeps it can prove that nothing up to that entry was edited,
/// dropped or reordered later, even if every hash was computed anew. What is signed, with number and text as in <see
/// cref="LedgerHash"/>:
/// <code>
/// "mediarelay-checkpoint-1" ‖ text(merchantId) number(seq) text(head) number(at µs) text(keyId)
/// </code>
/// </summary>
/// <param name="Seq">The last entry that it covers; 1 or more.</param>
/// <param name="Head">That entry's hash, 64 lower-case hex digits.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256, r and s of 32 bytes each (IEEE P1363), base64url.</param>
public sealed record LedgerCheckpoint(
    MerchantId MerchantId, long Seq, string Head, DateTimeOffset At, string KeyId, string Signature)
{
    /// <summary>The bytes under the signature.</summary>
    public static byte[] ContentOf(MerchantId merchantId, long seq, string head, DateTimeOffset at, string keyId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.Write("mediarelay-checkpoint-1"u8);
        LedgerHash.WriteText(buffer, merchantId.Value);
        LedgerHash.WriteNumber(buffer, seq);
        LedgerHash.WriteText(buffer, head);
        LedgerHash.WriteNumber(buffer, UnixMicros.Of(at));
        LedgerHash.WriteText(buffer, keyId);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Whether the key signed exactly this.</summary>
    public bool IsSignedBy(LedgerPublicKey key) =>
        key.KeyId == KeyId && Base64Url.IsValid(Signature)
        && key.Verifies(ContentOf(MerchantId, Seq, Head, At, KeyId), Base64Url.DecodeFromChars(Signature));
}
