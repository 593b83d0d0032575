using MediaRelay.Mixing.Audio;

namespace MediaRelay.Mixing.Tests.Audio;

/// <summary>The signals of EBU Tech 3341 §2.9 (table 1) that are sines, with its tolerance of 0.1 LU.</summary>
public sealed class LoudnessMeterTests
{
    // Level in dBFS and seconds, alternating.
    [Theory]
    [InlineData(-23, new double[] { -23, 20 })]
    [InlineData(-33, new double[] { -33, 20 })]
    [InlineData(-23, new double[] { -36, 10, -23, 60, -36, 10 })]
    [InlineData(-23, new double[] { -72, 10, -36, 10, -23, 60, -36, 10, -72, 10 })]
    [InlineData(-23, new double[] { -26, 20, -20, 20.1, -26, 20 })]
    public void Gated_Tech3341Sines_IsWhatTheTableSays(double expected, double[] parts)
    {
        var meter = new LoudnessMeter();
        var energies = new List<double>();
        var block = new float[1_920];
        var position = 0L;
        for (var part = 0; part < parts.Length; part += 2)
        {
            var amplitude = Math.Pow(10, parts[part] / 20);
            for (var left = (int)Math.Round(parts[part + 1] * 50); left > 0; left--)
            {
                for (var i = 0; i < 960; i++, position++)
                {
                    block[2 * i] = block[(2 * i) + 1] = (float)(amplitude * Math.Sin(2 * Math.PI * 1_000 * position / 48_000));
                }

                if (meter.TryAdd(block, out var energy))
                {
                    energies.Add(energy);
                }
            }
        }

        Assert.InRange(LoudnessMeter.Gated(energies.ToArray()), expected - 0.1, expected + 0.1);
    }

    [Fact]
    public void Gated_Nothing_IsNegativeInfinity() => Assert.Equal(double.NegativeInfinity, LoudnessMeter.Gated([]));
}
