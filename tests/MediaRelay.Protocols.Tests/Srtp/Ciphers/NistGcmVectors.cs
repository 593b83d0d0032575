namespace MediaRelay.Protocols.Tests.Srtp.Ciphers;

/// <summary>
/// AES-128-GCM vectors with a 96-bit IV, hex as printed: test cases 1 to 4 of "The Galois/Counter Mode of Operation" (McGrew and Viega),
/// appendix B, and two of NIST's gcmEncryptExtIV128.rsp that only authenticate. (Cases 5 and 6 have IVs of other lengths, which neither
/// SRTP nor these ciphers have.)
/// </summary>
internal static class NistGcmVectors
{
    public static readonly NistGcmVector[] All =
    [
        new(
            "case 1: nothing",
            "00000000000000000000000000000000",
            "000000000000000000000000",
            "",
            "",
            "",
            "58e2fccefa7e3061367f1d57a4e7455a"),
        new(
            "case 2: one block",
            "00000000000000000000000000000000",
            "000000000000000000000000",
            "",
            "00000000000000000000000000000000",
            "0388dace60b6a392f328c2b971b2fe78",
            "ab6e47d42cec13bdf53a67b21257bddf"),
        new(
            "case 3: four blocks",
            "feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
            "4d5c2af327cd64a62cf35abd2ba6fab4"),
        new(
            "case 4: 60 bytes, 20 associated",
            "feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
            "5bc94fbc3221a5db94fae95ae7121a47"),
        new(
            "gcmEncryptExtIV128: no text, no associated data",
            "11754cd72aec309bf52f7687212e8957",
            "3c819d9a9bed087615030b65",
            "",
            "",
            "",
            "250327c674aaf477aef2675748cf6971"),
        new(
            "gcmEncryptExtIV128: associated data only",
            "77be63708971c4e240d1cb79e8d77feb",
            "e0e00f19fed7ba0136a797f3",
            "7a43ec1d9c0a5a78a0b16533a6213cab",
            "",
            "",
            "209fcc8d3675ed938e9c7166709dd946"),
    ];
}
