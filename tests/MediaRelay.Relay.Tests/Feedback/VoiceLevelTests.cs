using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;

namespace MediaRelay.Relay.Tests.Feedback;

public sealed class VoiceLevelTests
{
    [Fact]
    public void At_WithoutLevels_IsUnknown_AndAgainASecondAfterTheLast()
    {
        var voice = new VoiceLevel();
        var now = Timestamp.Zero;
        Assert.Null(voice.At(now));
        voice.OnLevel(now, 30);
        Assert.NotNull(voice.At(now + TimeSpan.FromMilliseconds(999)));
        Assert.Null(voice.At(now + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void OnLevel_OfSpeech_PassesTheThresholdWithinHalfASecondAndACoughDoesNot()
    {
        Assert.InRange(PacketsUntilSpeech(level: 20), 10, 25);
        Assert.InRange(PacketsUntilSpeech(level: 35), 10, 30);
        Assert.Equal(int.MaxValue, PacketsUntilSpeech(level: 60));

        var voice = new VoiceLevel();
        for (var i = 0; i < 100; i++)
        {
            voice.OnLevel(Timestamp.Zero, i is >= 50 and < 55 ? (byte)10 : (byte)90);
            Assert.True(voice.At(Timestamp.Zero) < VoiceLevel.SpeechThreshold);
        }
    }

    private static int PacketsUntilSpeech(byte level)
    {
        var voice = new VoiceLevel();
        for (var i = 1; i <= 1_000; i++)
        {
            voice.OnLevel(Timestamp.Zero, level);
            if (voice.At(Timestamp.Zero) > VoiceLevel.SpeechThreshold)
            {
                return i;
            }
        }

        return int.MaxValue;
    }
}
