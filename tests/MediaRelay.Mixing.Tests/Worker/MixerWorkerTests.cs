using System.Diagnostics;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Slates;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>
/// Real worker processes on the real clock: whatever is waited for is an event, and bounded.
/// </summary>
[Collection(WorkerCollection.Name)]
public sealed class MixerWorkerTests
{
    private const int Program = 2;
    private const int ForA = 3;
    private const int ForB = 4;

    private static readonly (byte Y, byte U, byte V) Red = (81, 90, 240);
    private static readonly (byte Y, byte U, byte V) Blue = (41, 240, 110);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly MixerWorkerOptions Options = new()
    {
        Executable = "dotnet",
        Arguments = [Path.Combine(AppContext.BaseDirectory, "MediaRelay.Mixing.Worker.dll"), MediaRelay.Mixing.Worker.MixerWorker.Verb],
        StartTimeout = TimeSpan.FromSeconds(60),
    };

    // The tests' viewer decodes on the link's own task, and the machine may be busy with other tests: no judge of
    // heartbeats.
    private static readonly MixerWorkerOptions Patient = new()
    {
        Executable = Options.Executable,
        Arguments = Options.Arguments,
        StartTimeout = Options.StartTimeout,
        HeartbeatTimeout = TimeSpan.FromSeconds(20),
        StallTimeout = TimeSpan.FromSeconds(20),
        StarvedTimeout = TimeSpan.FromSeconds(20),
        Nice = 0,
    };

    private static readonly MixerSourceSpec SourceA = new(0, "room-a", "merchant-a", "Arbor", VideoCodec.H264);
    private static readonly MixerSourceSpec SourceB = new(1, "room-b", "merchant-b", "Birch 桦", VideoCodec.Vp8);

    [Fact]
    public async Task Mix_TwoHostsInPortrait_ShowsAndPlaysBothAndSurvivesTheLossOfOne()
    {
        MixerOutputSpec[] outputs =
        [
            MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true),
            MixerOutputSpec.Program(Program),
            MixerOutputSpec.MixMinus(ForA, sourceIndex: 0),
            MixerOutputSpec.MixMinus(ForB, sourceIndex: 1),
        ];
        using var viewer = new TestViewer(outputs);
        await using var link = await StartAsync(outputs, viewer, Patient);
        using var red = new TestHost(0, VideoCodec.H264, Red, 440);
        using var blue = new TestHost(1, VideoCodec.Vp8, Blue, 880);
        var hosts = new Hosts(link, viewer, red, blue);

        await hosts.PlayUntilAsync(() => viewer.Pictures.Any(picture => IsLike(picture.Top, Red) && IsLike(picture.Bottom, Blue)));

        // The pictures say nothing of the sound: its decoders start on their own. Then a second and a half with both hosts in it.
        await hosts.PlayUntilAsync(() => HasTones(viewer.Sound[Program], 440, 880));
        var from = viewer.Sound[Program].Count;
        await hosts.PlayUntilAsync(() => Array.TrueForAll([Program, ForA, ForB], output => viewer.Sound[output].Count > from + 192_000));
        AssertTones(viewer.Sound[Program], from + 48_000, present: [440, 880], absent: []);
        AssertTones(viewer.Sound[ForA], from + 48_000, present: [880], absent: [440]);
        AssertTones(viewer.Sound[ForB], from + 48_000, present: [440], absent: [880]);

        blue.IsDark = true;
        await hosts.PlayUntilAsync(() => viewer.Pictures.Last() is var last && IsLike(last.Top, Red) && !IsLike(last.Bottom, Blue));
        blue.IsDark = false;
        blue.RequestKeyFrame();
        await hosts.PlayUntilAsync(() => IsLike(viewer.Pictures.Last().Bottom, Blue));

        await hosts.PlayUntilAsync(() => viewer.Stats is { FramesComposed: > 30 });
        AssertContinuous(viewer, viewer.Stats!);
        Assert.Equal(0, viewer.Stats!.FramesBlack);
        Assert.InRange(viewer.Stats.DelayMs, 40, 200);
        var (rtp, capture) = viewer.Mappings[0];
        Assert.InRange(rtp, 1u, uint.MaxValue);
        Assert.InRange(Math.Abs(capture - NtpTime.FromUnixNanoseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000)), 0, 5_000_000_000);
    }

    [Fact]
    public async Task Mix_InLandscapeVp8_FollowsALayoutChangeAtItsMediaTimeAndKeyFrameRequests()
    {
        MixerOutputSpec[] outputs = [MixerOutputSpec.Video(0, VideoCodec.Vp8, portrait: false)];
        using var viewer = new TestViewer(outputs);
        await using var link = await StartAsync(outputs, viewer, Patient);
        using var red = new TestHost(0, VideoCodec.H264, Red, 440);
        using var blue = new TestHost(1, VideoCodec.Vp8, Blue, 880);
        var hosts = new Hosts(link, viewer, red, blue);
        await hosts.PlayUntilAsync(() => viewer.Pictures.Any(picture => IsLike(picture.Left, Red) && IsLike(picture.Right, Blue)));

        Assert.True(Layout.TryFromName("top-bottom", out var layout));
        var at = viewer.Pictures.Last().Timestamp + (45 * 3_000);
        link.SetLayout(layout, at);
        link.RequestKeyFrame(0);
        await hosts.PlayUntilAsync(() => viewer.Pictures.Last().Timestamp > at + 30_000);
        var pictures = viewer.Pictures.ToList();
        Assert.All(pictures.Where(picture => picture.Timestamp > at - 30_000 && picture.Timestamp < at), picture => Assert.True(IsLike(picture.Left, Red) && IsLike(picture.Right, Blue)));
        Assert.All(pictures.Where(picture => picture.Timestamp >= at + 3_000), picture => Assert.True(IsLike(picture.Top, Red) && IsLike(picture.Bottom, Blue)));
        Assert.Equal(2, pictures.Count(picture => picture.IsKeyFrame));

        // The room that stays gets the whole picture.
        link.RemoveSource(0);
        await hosts.PlayUntilAsync(() => IsLike(viewer.Pictures.Last().Top, Blue) && IsLike(viewer.Pictures.Last().Bottom, Blue));
    }

    [Fact]
    public async Task Worker_Killed_IsNoticedWithin500Milliseconds()
    {
        MixerOutputSpec[] outputs = [MixerOutputSpec.Program(Program)];
        using var viewer = new TestViewer(outputs);
        await using var link = await StartAsync(outputs, viewer);
        using var process = Process.GetProcessById(link.ProcessId);
        var since = Stopwatch.StartNew();
        process.Kill();
        var exit = await viewer.Exited.WaitAsync(Limit);
        Assert.Equal(MixerExitKind.Died, exit.Kind);
        Assert.InRange(since.ElapsedMilliseconds, 0, 500);
    }

    [Fact]
    public async Task Worker_Hung_IsNoticedWithin500MillisecondsAndKilled()
    {
        MixerOutputSpec[] outputs = [MixerOutputSpec.Program(Program)];
        using var viewer = new TestViewer(outputs);
        await using var link = await StartAsync(outputs, viewer);
        using var process = Process.GetProcessById(link.ProcessId);
        using var stop = Process.Start("kill", ["-STOP", link.ProcessId.ToString()]);
        await stop.WaitForExitAsync();
        var exit = await viewer.Exited.WaitAsync(Limit);
        Assert.Equal(MixerExitKind.Hung, exit.Kind);

        // By the link's own clock, which does not count the time that a busy machine gives this process no turn.
        var silence = double.Parse(exit.Detail.Split(' ').SkipWhile(word => word != "for").ElementAt(1));
        Assert.InRange(silence, 400, 500);
        await process.WaitForExitAsync().WaitAsync(Limit);
    }

    [Fact]
    public async Task Spare_Prepared_BeginsASessionAndTellsWhenItDies()
    {
        MixerOutputSpec[] outputs = [MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true), MixerOutputSpec.Program(Program)];
        using var viewer = new TestViewer(outputs);
        await using var link = await MixerLink.ConnectAsync(Options, viewer.OnLog, CancellationToken.None);
        await link.PrepareAsync(new CodecElements(), CancellationToken.None);
        Assert.False(link.Exited.IsCompleted);
        await link.BeginAsync(Spec(outputs), viewer, TimeProvider.System, CancellationToken.None);
        using var red = new TestHost(0, VideoCodec.H264, Red, 440);
        await new Hosts(link, viewer, red).PlayUntilAsync(() => viewer.Pictures.Any(picture => IsLike(picture.Top, Red)));
        Assert.Empty(viewer.Log);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => link.BeginAsync(Spec(outputs), viewer, TimeProvider.System, CancellationToken.None));
        using (var process = Process.GetProcessById(link.ProcessId))
        {
            process.Kill();
        }

        Assert.Equal(MixerExitKind.Died, (await link.Exited.WaitAsync(Limit)).Kind);
    }

    [Fact]
    public async Task Spare_ElementMissing_SaysWhichOne()
    {
        await using var link = await MixerLink.ConnectAsync(Options, static _ => { }, CancellationToken.None);
        var problem = await Assert.ThrowsAsync<MixerStartException>(
            () => link.PrepareAsync(new CodecElements { Vp8Decoder = "nosuchdec" }, CancellationToken.None));
        Assert.Contains("nosuchdec", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetCanvasStep_Two_HalvesThePicturesAndKeepsTheTimeline()
    {
        MixerOutputSpec[] outputs = [MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true)];
        using var viewer = new TestViewer(outputs);
        await using var link = await StartAsync(outputs, viewer, Patient);
        using var red = new TestHost(0, VideoCodec.H264, Red, 440);
        var hosts = new Hosts(link, viewer, red);
        await hosts.PlayUntilAsync(() => viewer.Stats is { FrameRate: 30, FramesComposed: > 20 });
        link.SetCanvasStep(2);
        await hosts.PlayUntilAsync(() => viewer.Stats is { FrameRate: 15 });
        var halved = viewer.Timestamps[0].Last();
        await hosts.PlayUntilAsync(() => viewer.Timestamps[0].Last() > halved + (2 * 90_000));
        link.SetCanvasStep(1);
        await hosts.PlayUntilAsync(() => viewer.Stats is { FrameRate: 30 });
        var whole = viewer.Timestamps[0].Last();
        await hosts.PlayUntilAsync(() => viewer.Timestamps[0].Last() > whole + 90_000);

        // Never back, always on the grid of the whole rate; at the halved one no two pictures follow each other on it.
        var times = viewer.Timestamps[0].ToList();
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second > pair.First && (pair.Second - pair.First) % 3_000 == 0));
        Assert.DoesNotContain(
            times.Zip(times.Skip(1)).Where(pair => pair.First > halved + 30_000 && pair.First < halved + 120_000),
            pair => (pair.Second - pair.First) % 6_000 != 0);
        Assert.Contains(times.Zip(times.Skip(1)).Where(pair => pair.First > whole), pair => pair.Second - pair.First == 3_000);
    }

    [Fact]
    public async Task SmallPicture_ComesAndGoesTwice_IsTheSamePictureAndNobodyElseNotices()
    {
        var whole = MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true);
        var small = MixerOutputSpec.SmallVideo(5, VideoCodec.H264, portrait: true, bitrateKbps: 300);
        MixerOutputSpec[] outputs = [whole, MixerOutputSpec.Program(Program)];
        using var viewer = new TestViewer([.. outputs, small]);
        await using var link = await StartAsync(outputs, viewer, Patient);
        using var red = new TestHost(0, VideoCodec.H264, Red, 440);
        using var blue = new TestHost(1, VideoCodec.Vp8, Blue, 880);
        var hosts = new Hosts(link, viewer, red, blue);
        await hosts.PlayUntilAsync(() => viewer.Pictures.Any(picture => IsLike(picture.Top, Red) && IsLike(picture.Bottom, Blue)));

        for (var time = 1; time <= 2; time++)
        {
            var before = viewer.Timestamps[0].Last();
            link.AddOutput(small);
            await hosts.PlayUntilAsync(() => viewer.Pictures.Count(picture => picture.Output == 5 && picture.Timestamp > before) > 20);
            link.SetOutputBitrate(5, 150);
            link.RemoveOutput(5);
            await hosts.PlayUntilAsync(() => viewer.Timestamps[0].Last() > viewer.Timestamps[5].Last() + 30_000);
            var first = viewer.Pictures.First(picture => picture.Output == 5 && picture.Timestamp > before);
            Assert.True(first.IsKeyFrame);
            Assert.Equal((360, 640), (first.Width, first.Height));
        }

        // At the times of the whole picture, and showing the same.
        var pictures = viewer.Pictures.ToList();
        var wholes = pictures.Where(picture => picture.Output == 0).ToDictionary(picture => picture.Timestamp);
        var smalls = pictures.Where(picture => picture.Output == 5).ToList();
        Assert.InRange(smalls.Count(picture => !wholes.ContainsKey(picture.Timestamp)), 0, smalls.Count / 10);
        Assert.All(smalls.Where(picture => wholes.ContainsKey(picture.Timestamp)), picture =>
            Assert.True(IsLike(picture.Top, wholes[picture.Timestamp].Top) && IsLike(picture.Bottom, wholes[picture.Timestamp].Bottom)));
        await hosts.PlayUntilAsync(() => viewer.Stats is { Encoders: 1 });
        AssertContinuous(viewer, viewer.Stats!);
        Assert.Equal(1, pictures.Count(picture => picture.Output == 0 && picture.IsKeyFrame));
    }

    [Fact]
    public async Task Worker_KeptToACpu_RunsThereWithLowerPriorityButForItsLink()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var self = Process.GetCurrentProcess();
        var cpu = System.Numerics.BitOperations.TrailingZeroCount(self.ProcessorAffinity);
        Assert.True(CpuSet.TryParse(cpu.ToString(), out var cpus));
        var options = new MixerWorkerOptions
        {
            Executable = Options.Executable, Arguments = Options.Arguments, StartTimeout = Options.StartTimeout, Nice = 7, Cpus = cpus,
            HeartbeatTimeout = Patient.HeartbeatTimeout, StallTimeout = Patient.StallTimeout, StarvedTimeout = Patient.StarvedTimeout,
        };
        MixerOutputSpec[] outputs = [MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true), MixerOutputSpec.Program(Program)];
        using var viewer = new TestViewer(outputs);
        await using var link = await StartAsync(outputs, viewer, options);
        var threads = Directory.EnumerateDirectories($"/proc/{link.ProcessId}/task").Select(task => (
            Name: File.ReadAllText(Path.Combine(task, "comm")).Trim(),
            Nice: NiceOf(File.ReadAllText(Path.Combine(task, "stat"))),
            Cpus: File.ReadLines(Path.Combine(task, "status")).Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)))).ToList();
        Assert.All(threads, thread => Assert.EndsWith($"\t{cpu}", thread.Cpus, StringComparison.Ordinal));
        Assert.All(threads.Where(thread => thread.Name is "canvas" or "sound" or "encode 0" or "decode 0"), thread => Assert.Equal(7, thread.Nice));
        Assert.Contains(threads, thread => thread.Name == "canvas");
        Assert.All(threads.Where(thread => thread.Name is "heartbeat" or "mixer link out"), thread => Assert.Equal(0, thread.Nice));
        Assert.Equal(2, threads.Count(thread => thread.Name is "heartbeat" or "mixer link out"));
        Assert.Contains(threads, thread => thread.Name == "mix cohost");
    }

    [Fact]
    public async Task DisposeAsync_RunningWorker_EndsItCleanly()
    {
        MixerOutputSpec[] outputs = [MixerOutputSpec.Program(Program)];
        using var viewer = new TestViewer(outputs);
        var link = await StartAsync(outputs, viewer);
        using var process = Process.GetProcessById(link.ProcessId);
        await link.DisposeAsync();
        Assert.Equal(MixerExitKind.Stopped, (await viewer.Exited).Kind);
        await process.WaitForExitAsync().WaitAsync(Limit);
        Assert.False(link.TryPostRtp(0, isVideo: true, new byte[20]));
    }

    [Fact]
    public async Task StartAsync_ElementMissing_SaysWhichOne()
    {
        MixerOutputSpec[] outputs = [MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true)];
        using var viewer = new TestViewer(outputs);
        var spec = Spec(outputs) with { Elements = new CodecElements { H264Encoder = "nosuchenc" } };
        var problem = await Assert.ThrowsAsync<MixerStartException>(
            () => MixerLink.StartAsync(spec, Options, viewer, TimeProvider.System, CancellationToken.None));
        Assert.Contains("nosuchenc", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_ConfiguredEncoderCannotBeOpened_EncodesBySoftwareAndSaysSo()
    {
        // Installed wherever libav is, and without the hardware of its name on any machine that runs tests.
        const string Broken = "avenc_h264_omx";
        if (!GstRuntime.HasElement(Broken))
        {
            return;
        }

        MixerOutputSpec[] outputs = [MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true)];
        using var viewer = new TestViewer(outputs);
        var spec = Spec(outputs) with { Elements = new CodecElements { H264Encoder = Broken } };
        await using var link = await MixerLink.StartAsync(spec, Options, viewer, TimeProvider.System, CancellationToken.None);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(Limit);
        while (viewer.Pictures.IsEmpty || viewer.Stats is not { EncodersFallenBack: 1 })
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        Assert.Contains(viewer.Log, line => line.Contains(Broken, StringComparison.Ordinal) && line.Contains("x264enc", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StartAsync_NoSuchProgram_SaysSo()
    {
        using var viewer = new TestViewer();
        var options = new MixerWorkerOptions { Executable = "no-such-program" };
        var problem = await Assert.ThrowsAsync<MixerStartException>(
            () => MixerLink.StartAsync(Spec([]), options, viewer, TimeProvider.System, CancellationToken.None));
        Assert.Contains("no-such-program", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_MissingElement_IsNamed()
    {
        var all = await CodecProbe.RunAsync(Options, new CodecElements(), CancellationToken.None);
        Assert.True(all.CanMix, all.Problem);
        var elements = new CodecElements { Vp8Decoder = "nosuchdec" };
        var some = await CodecProbe.RunAsync(Options, elements, CancellationToken.None);
        Assert.False(some.CanMix);
        Assert.Contains("nosuchdec", some.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EncodeAsync_MerchantsName_GivesAWholeSlate()
    {
        var slate = await SlateEncoder.EncodeAsync(new SlateSpec("Birch 桦", VideoCodec.H264, Portrait: true), Options, CancellationToken.None);
        Assert.Equal(Slate.Frames, slate.AccessUnits.Count);

        // As on a machine whose graphics card is gone.
        var bySoftware = await SlateEncoder.EncodeAsync(
            new SlateSpec("A", VideoCodec.H264, Portrait: true) { Elements = new CodecElements { H264Encoder = "nvh264enc" } },
            Options,
            CancellationToken.None);
        Assert.Equal(Slate.Frames, bySoftware.AccessUnits.Count);
    }

    // About as loud as the hosts' tones, so that they come out as they go in.
    private static MixerSpec Spec(IReadOnlyList<MixerOutputSpec> outputs) =>
        new("cohost", [SourceA, SourceB], outputs, Layout.Auto) { LoudnessTarget = -15 };

    private static Task<MixerLink> StartAsync(
        IReadOnlyList<MixerOutputSpec> outputs, TestViewer viewer, MixerWorkerOptions? options = null) =>
        MixerLink.StartAsync(Spec(outputs), options ?? Options, viewer, TimeProvider.System, CancellationToken.None);

    // proc(5): nice is the 19th field of stat, the 17th behind the name in brackets.
    private static int NiceOf(string stat) => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16]);

    private static bool IsLike((int U, int V) seen, (byte Y, byte U, byte V) colour) => IsLike(seen, (colour.U, colour.V));

    private static bool IsLike((int U, int V) seen, (int U, int V) other) =>
        Math.Abs(seen.U - other.U) < 20 && Math.Abs(seen.V - other.V) < 20;

    /// <summary>The last half second has these tones at a host's level.</summary>
    private static bool HasTones(IReadOnlyCollection<short> sound, params double[] frequencies)
    {
        const int HalfSecond = 48_000;
        if (sound.Count < HalfSecond)
        {
            return false;
        }

        var left = ToneSource.Left([.. sound.TakeLast(HalfSecond)]);
        return frequencies.All(frequency => ToneSource.SortedLevels(left, frequency) is var levels && levels[levels.Length / 2] > 4_500);
    }

    private static void AssertTones(IReadOnlyCollection<short> sound, int from, double[] present, double[] absent)
    {
        var left = ToneSource.Left([.. sound.Skip(from)]);
        foreach (var frequency in present)
        {
            var levels = ToneSource.SortedLevels(left, frequency);
            Assert.InRange(levels[levels.Length / 2], 4_500, 7_000);
        }

        // −40 dB of 6,000 is 60.
        foreach (var frequency in absent)
        {
            var levels = ToneSource.SortedLevels(left, frequency);
            Assert.InRange(levels[levels.Length * 9 / 10], 0, 60);
        }
    }

    private static void AssertContinuous(TestViewer viewer, MixerStats stats)
    {
        var missing = 0L;
        var video = viewer.Timestamps[0].ToArray();
        for (var i = 1; i < video.Length; i++)
        {
            Assert.Equal(0, (video[i] - video[i - 1]) % 3_000);
            missing += ((video[i] - video[i - 1]) / 3_000) - 1;
        }

        // Pictures are missing only where the machine was too slow, and each of those is counted.
        Assert.InRange(missing, 0, stats.FramesLate + stats.FramesSkippedByEncoder + 30);
        var audio = viewer.Timestamps[Program].ToArray();
        missing = 0;
        for (var i = 1; i < audio.Length; i++)
        {
            Assert.Equal(0, (audio[i] - audio[i - 1]) % 960);
            missing += ((audio[i] - audio[i - 1]) / 960) - 1;
        }

        Assert.InRange(missing, 0, stats.BlocksLate + 50);
    }

    /// <summary>Both hosts on the real clock.</summary>
    private sealed class Hosts(MixerLink link, TestViewer viewer, params TestHost[] hosts)
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private readonly NtpTime _startTime =
            NtpTime.FromUnixNanoseconds((TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);

        private int _answered;

        /// <summary>Sends what is due every 10 ms until <paramref name="condition"/> holds.</summary>
        public async Task PlayUntilAsync(Func<bool> condition)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            using var limit = new CancellationTokenSource(Limit);
            for (var turn = 0; !condition(); turn++)
            {
                Assert.True(!limit.IsCancellationRequested, $"not seen within {Limit}; the worker says: {string.Join(" | ", viewer.Log)}");
                Assert.False(viewer.Exited.IsCompleted, viewer.Exited.IsCompleted ? $"the worker ended: {viewer.Exited.Result}" : "");
                Assert.DoesNotContain(hosts, host => host.IsRefused && !viewer.Exited.IsCompleted);
                foreach (var host in hosts)
                {
                    host.Post(link, Stopwatch.GetElapsedTime(_start));
                    if (turn % 100 == 0)
                    {
                        host.PostMappings(link, _startTime);
                    }
                }

                for (; _answered < viewer.KeyFrameRequests.Count; _answered++)
                {
                    hosts[viewer.KeyFrameRequests.ElementAt(_answered)].RequestKeyFrame();
                }

                await timer.WaitForNextTickAsync();
            }
        }
    }
}
