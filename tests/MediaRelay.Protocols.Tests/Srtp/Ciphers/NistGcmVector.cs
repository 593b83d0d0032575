namespace MediaRelay.Protocols.Tests.Srtp.Ciphers;

/// <summary>One vector, in hexadecimal.</summary>
internal sealed record NistGcmVector(
    string Name, string Key, string Iv, string Associated, string Plain, string Ciphertext, string Tag);
