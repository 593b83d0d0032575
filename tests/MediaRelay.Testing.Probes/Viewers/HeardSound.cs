using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>
/// Decoded sound (left channel, 48 kHz) on its RTP timeline. What came in time stands where its timestamps put it; what never came is
/// silence there.
/// </summary>
internal sealed class HeardSound
{
    // A jump of the timeline further than this is none that a viewer could bridge.
    private const long LongestJump = 5 * 48_000;

    private readonly List<Block> _blocks = [];

    /// <summary>Packets whose timestamps lie seconds from the others'; they are not in the sound.</summary>
    public long Breaks { get; private set; }

    /// <summary>Samples made up by the decoder.</summary>
    public long Concealed { get; private set; }

    public IReadOnlyList<Block> Blocks => _blocks;

    /// <summary>Position behind the last sample; null before the first.</summary>
    public long? End => _blocks.Count > 0 ? _blocks[^1].Position + _blocks[^1].Samples.Length : null;

    /// <summary>Adds what <paramref name="interleaved"/> (L R) has behind what is known already.</summary>
    public void Add(long position, Timestamp arrival, ReadOnlySpan<short> interleaved, bool isConcealed)
    {
        if (End is { } end && Math.Abs(position - end) > LongestJump)
        {
            Breaks++;
            return;
        }

        var known = (int)Math.Clamp((End ?? position) - position, 0, interleaved.Length / 2);
        var samples = new short[(interleaved.Length / 2) - known];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = interleaved[2 * (known + i)];
        }

        if (samples.Length > 0)
        {
            Concealed += isConcealed ? samples.Length : 0;
            _blocks.Add(new Block(position + known, arrival, samples));
        }
    }

    public HeardSound Copy()
    {
        var copy = new HeardSound { Breaks = Breaks, Concealed = Concealed };
        copy._blocks.AddRange(_blocks);
        return copy;
    }

    /// <summary>The samples of packets that arrived in a stretch of time, with the position of the first; silence where there are none.</summary>
    public (long Position, short[] Samples) Between(Timestamp from, Timestamp to)
    {
        var blocks = _blocks.FindAll(block => block.ArrivedAt >= from && block.ArrivedAt < to);
        if (blocks.Count == 0)
        {
            return (0, []);
        }

        var start = blocks[0].Position;
        var samples = new short[blocks[^1].Position + blocks[^1].Samples.Length - start];
        foreach (var block in blocks)
        {
            block.Samples.CopyTo(samples, block.Position - start);
        }

        return (start, samples);
    }

    /// <summary>When the sample at a position could have been played: its packet's arrival and its place in it. Null when it never came.</summary>
    public Timestamp? ArrivalOf(long position)
    {
        foreach (var block in _blocks)
        {
            if (position >= block.Position && position < block.Position + block.Samples.Length)
            {
                return block.ArrivedAt + TimeSpan.FromSeconds((position - block.Position) / 48_000.0);
            }
        }

        return null;
    }

    internal sealed record Block(long Position, Timestamp ArrivedAt, short[] Samples);
}
