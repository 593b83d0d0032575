namespace MediaRelay.Testing.Probes.Sources;

/// <summary>
/// A source's sound: a quiet tone that never ends, and a burst of another one in the first 20 ms of each second. All frequencies are
/// multiples of 200 Hz, so that any 5 ms of a mix tell them apart, and no low odd multiple of another.
/// </summary>
internal static class ProbeVoice
{
    public const int SampleRate = 48_000;

    /// <summary>Samples of a burst: 20 ms.</summary>
    public const int BurstLength = SampleRate / 50;

    /// <summary>Sources that have sound of their own.</summary>
    public const int Voices = 4;

    /// <summary>Amplitude of the tone: −23 dB of full scale.</summary>
    public const int ToneAmplitude = 2_400;

    /// <summary>
    /// Amplitude of a burst: −17 dB. Of all voices at once, on their tones, it does not reach full scale; much louder, Opus would lose the
    /// tone beside it.
    /// </summary>
    public const int BurstAmplitude = 4_800;

    /// <summary>Samples over which a burst begins and ends, so that it has no clicks: 1 ms.</summary>
    private const int Ramp = SampleRate / 1_000;

    private static readonly int[] Tones = [400, 600, 800, 1_000];
    private static readonly int[] Bursts = [2_200, 2_600, 3_400, 3_800];

    /// <summary>Of the tone, in Hz.</summary>
    public static int ToneOf(int source) => Tones[source % Voices];

    /// <summary>Of the burst, in Hz.</summary>
    public static int BurstOf(int source) => Bursts[source % Voices];

    /// <summary>
    /// Writes the samples (interleaved L R, both the same) from <paramref name="position"/> on, counted from the epoch.
    /// </summary>
    public static void Write(int source, long position, Span<short> samples)
    {
        for (var i = 0; i < samples.Length / 2; i++)
        {
            // All frequencies are whole numbers, so every second is the same; small numbers keep the sine exact.
            var at = (int)((position + i) % SampleRate);
            var value = ToneAmplitude * Sine(ToneOf(source), at);
            if (at < BurstLength)
            {
                value += BurstAmplitude * Envelope(at) * Sine(BurstOf(source), at);
            }

            samples[2 * i] = (short)value;
            samples[(2 * i) + 1] = (short)value;
        }
    }

    private static double Sine(int frequency, int at) => Math.Sin(2 * Math.PI * (frequency * (long)at % SampleRate) / SampleRate);

    private static double Envelope(int at) => Math.Min(1, Math.Min(at + 1, BurstLength - at) / (double)Ramp);
}
