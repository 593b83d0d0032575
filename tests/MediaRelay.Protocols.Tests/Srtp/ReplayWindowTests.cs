using MediaRelay.Protocols.Srtp;

namespace MediaRelay.Protocols.Tests.Srtp;

public sealed class ReplayWindowTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(1024)]
    public void Window_RandomIndices_AgreesWithASet(int size)
    {
        var window = new ReplayWindow(size);
        var seen = new HashSet<long>();
        var random = new Random(3711);
        var highest = -1L;
        for (var i = 0; i < 50_000; i++)
        {
            var jump = random.Next(200) == 0 ? random.Next(5 * size) : random.Next(-size - 20, 20);
            var index = Math.Max(0, highest + jump);
            var expected = index > highest || (index > highest - size && !seen.Contains(index));

            Assert.True(expected == window.IsNew(index), $"index {index}, highest {highest}, step {i}");
            if (expected)
            {
                window.Mark(index);
                seen.Add(index);
                highest = Math.Max(highest, index);
            }
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(100)]
    public void Constructor_SizeBelow64OrNoPowerOfTwo_Throws(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayWindow(size));
}
