namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>Ways to compute AES-128-GCM, from the one that runs everywhere to the fastest.</summary>
internal enum GcmImplementation
{
    /// <summary>.NET's AesGcm.</summary>
    Library,

    /// <summary>AES-NI, and PCLMULQDQ with one block per instruction.</summary>
    Kernel128,

    /// <summary>AES-NI, and VPCLMULQDQ with two blocks per instruction.</summary>
    Kernel256,

    /// <summary>AES-NI, and VPCLMULQDQ with four blocks per instruction.</summary>
    Kernel512,
}
