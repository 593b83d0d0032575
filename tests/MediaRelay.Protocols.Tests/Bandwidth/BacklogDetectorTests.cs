using MediaRelay.Protocols.Bandwidth;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class BacklogDetectorTests
{
    private const int Packet = 1_200;
    private const int PacketsPerFrame = 6;
    private const long FrameMicroseconds = 33_000;
    private const long Sent = 1_745_000; // PacketsPerFrame each FrameMicroseconds

    private readonly BacklogDetector _detector = new();
    private long _sent;
    private long _linkFree;
    private long _clock;

    [Fact]
    public void Add_PathFasterThanWhatIsSent_ReturnsZero() => Assert.All(Run(100, 2_000_000), rate => Assert.Equal(0, rate));

    [Fact]
    public void Add_SuddenLimit_TellsItWithinTheFirstFrame()
    {
        Run(50, 5_000_000);

        var rates = Run(1, 400_000);

        Assert.InRange(rates[^1], 380_000, 420_000);
    }

    [Fact]
    public void Add_PauseOfARadioLink_ReturnsZero()
    {
        Run(50, 5_000_000);
        _linkFree = _sent + 100_000;

        Assert.All(Run(20, 20_000_000), rate => Assert.Equal(0, rate));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Add_JitterOfTenMilliseconds_ReturnsZero(int seed)
    {
        var random = new Random(seed);

        Assert.All(Run(2_000, 5_000_000, () => random.Next(20_000)), rate => Assert.Equal(0, rate));
    }

    [Fact]
    public void Add_LimitThatFitsWhatIsSent_ReturnsZero()
    {
        Run(50, 5_000_000);

        // Each frame queues for most of its interval, none behind another.
        Assert.All(Run(50, 1_800_000), rate => Assert.Equal(0, rate));
    }

    [Theory]
    [InlineData(-3_600_000_000)]
    [InlineData(3_600_000_000)]
    public void Add_ReceiversClockChanged_FindsTheNextLimitAllTheSame(long microseconds)
    {
        Run(50, 5_000_000);
        _clock = microseconds;
        Assert.All(Run(50, 5_000_000), rate => Assert.Equal(0, rate));

        Assert.InRange(Run(1, 400_000)[^1], 380_000, 420_000);
    }

    private List<long> Run(int frames, long bitsPerSecond, Func<long>? jitter = null)
    {
        var rates = new List<long>();
        long last = 0;
        for (var packet = 0; packet < frames * PacketsPerFrame; packet++)
        {
            if (packet % PacketsPerFrame == 0)
            {
                _sent += FrameMicroseconds;
            }

            _linkFree = Math.Max(_linkFree, _sent) + (Packet * 8_000_000L / bitsPerSecond);
            last = Math.Max(last, _linkFree + 20_000 + (jitter?.Invoke() ?? 0));
            rates.Add(_detector.Add(_sent, last + _clock, Packet, Sent));
        }

        return rates;
    }
}
