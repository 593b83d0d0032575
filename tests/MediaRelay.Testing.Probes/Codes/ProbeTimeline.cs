using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Codes;

/// <summary>
/// When a source's pictures and sound were captured: picture n at epoch + phase + n / 30 s, samples counted from the epoch. Turns codes,
/// which wrap, back into numbers that do not.
/// </summary>
/// <param name="Epoch">Zero of the source's times; that of all sources whose skew is measured.</param>
/// <param name="Phase">How much later than the epoch's raster the pictures are captured, less than a picture's time.</param>
/// <param name="FramesPerLoop">Pictures after which a recording's codes begin again; 0 for codes that only wrap.</param>
internal sealed record ProbeTimeline(Timestamp Epoch, TimeSpan Phase, int FramesPerLoop)
{
    public const int FrameRate = 30;

    private const long NanosecondsPerUnit = 100_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private int Frames => FramesPerLoop > 0 ? FramesPerLoop : ProbeCode.Modulus;

    // A loop is a whole number of seconds, so its times wrap with its frames.
    private long Period => FramesPerLoop > 0 ? FramesPerLoop / FrameRate * NanosecondsPerSecond : ProbeCode.Modulus * NanosecondsPerUnit;

    /// <summary>When picture <paramref name="number"/> is captured.</summary>
    public Timestamp CaptureOf(long number) => Epoch + Phase + TimeSpan.FromTicks(number * TimeSpan.TicksPerSecond / FrameRate);

    /// <summary>The first picture of each second carries the mark, and the burst of sound begins with the second.</summary>
    public static bool IsMarked(long number) => number % FrameRate == 0;

    public ProbeCode CodeOf(int source, long number)
    {
        var nanoseconds = (CaptureOf(number).Nanoseconds - Epoch.Nanoseconds) % Period;
        return new ProbeCode(source, (int)(number % Frames), (int)(nanoseconds / NanosecondsPerUnit % ProbeCode.Modulus));
    }

    /// <summary>
    /// The number of the latest picture with this code that was captured before <paramref name="now"/>; false when frame and time
    /// contradict each other, so that the code was misread.
    /// </summary>
    public bool TryFindNumber(ProbeCode code, Timestamp now, out long number)
    {
        var latest = now.Nanoseconds - Epoch.Nanoseconds;
        var time = code.Time * NanosecondsPerUnit;
        var capture = time + ((latest - time) / Period * Period);
        number = (long)Math.Round((capture - (Phase.Ticks * 100)) * (double)FrameRate / NanosecondsPerSecond);
        return latest >= time && number >= 0 && CodeOf(code.Source, number) == code;
    }
}
