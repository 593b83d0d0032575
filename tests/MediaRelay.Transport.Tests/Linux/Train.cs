namespace MediaRelay.Transport.Tests.Linux;

/// <summary>Datagrams that one peer sends as one message: all of one length, but for a last one that may be shorter.</summary>
internal sealed class Train
{
    // Beyond it the loopback interface cuts a message as for a socket that does not take bursts (gso_max_size, with Ethernet, IP and UDP
    // headers of 14, 20 and 8 bytes).
    private const int LongestWhole = 65_535 - 42;

    private readonly byte[] _bytes;
    private readonly int _segmentLength;

    public Train(int seed, int segments, int segmentLength, int lastLength)
    {
        _segmentLength = segmentLength;
        _bytes = new byte[((segments - 1) * segmentLength) + lastLength];
        new Random(seed).NextBytes(_bytes);
    }

    public IEnumerable<byte[]> Datagrams => _bytes.Chunk(_segmentLength);

    /// <summary>In how many pieces the train reaches a socket that takes bursts.</summary>
    public int Pieces => _bytes.Length <= LongestWhole ? 1 : Datagrams.Count();

    public void SendFrom(BurstSender sender) => sender.Send(_segmentLength, _bytes);

    /// <summary>
    /// What each receiver is tested with: trains of 2, 16 and 64 segments with full and short last ones, the longest that there are (of one
    /// peer: one that stays whole, and 65,507 bytes), single datagrams, and peers taking turns. A round fits into the smallest receive queue, even cut into pieces.
    /// </summary>
    public static IEnumerable<List<(int Peer, Train Train)>> Rounds(int peers)
    {
        (int Segments, int Length, int Last, int Peers)[][] rounds =
        [
            [(2, 1_200, 700, peers), (16, 1_100, 1_100, peers), (1, 1_000, 1_000, peers)],
            [(64, 300, 1, peers), (2, 50, 50, peers)],
            [(16, 1_984, 90, peers)],
            [(64, 1_023, 1_023, 1)],
            [(64, 1_024, 995, 1)],
            [(64, 200, 200, peers)],
        ];
        var seed = 0;
        return rounds.Select(round => round.SelectMany(shape => Enumerable.Range(0, shape.Peers).Select(
            peer => (peer, new Train(++seed, shape.Segments, shape.Length, shape.Last)))).ToList());
    }
}
