using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Tests.Rtcp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

/// <summary>
/// A relay that forwards one of three simulcast layers (30 fps, frames as whole bursts) and sound to a viewer behind a
/// <see cref="BottleneckLink"/>, in steps of 1 ms of virtual time. A layer change waits 100 ms for its key frame, of
/// five times a frame's size.
/// </summary>
internal sealed class ViewerSimulation
{
    public const long AudioBitsPerSecond = 40_000;

    public static readonly long[] Layers = [150_000, 500_000, 1_500_000];

    private const int MaxPacket = 1_200;
    private const int MaxBurst = 16;
    private const int FrameMs = 33;
    private const int AudioMs = 20;
    private const int KeyFrameWaitMs = 100;
    private const int KeyFrameFactor = 5;
    private const double SizeSpread = 0.2;

    private readonly Random _random;
    private readonly BottleneckLink _link;
    private readonly TransportFeedbackBuilder _receiver;
    private readonly PriorityQueue<byte[], long> _feedback = new();
    private readonly byte[] _data = new byte[1_400];
    private readonly long[] _rates = new long[Layers.Length];
    private readonly LayerRates _meters = new(Layers.Length);
    private readonly int _probePacket;
    private int _forwarded = -1;
    private int _pending;
    private long _keyFrameMs;
    private int _delayedPackets;
    private int _delayedBytes;
    private long _ms;

    public ViewerSimulation(int seed, LinkSettings? settings = null, ushort firstSequence = 0, int probePacket = 255 + 40)
    {
        _random = new Random(seed);
        Settings = settings ?? new LinkSettings();
        _link = new BottleneckLink(Settings, _random);
        _receiver = new TransportFeedbackBuilder(Settings.FeedbackInterval);
        Estimator = new SendSideEstimator(firstSequence: firstSequence);
        _probePacket = probePacket;
    }

    public LinkSettings Settings { get; }

    public SendSideEstimator Estimator { get; }

    public LayerChooser Chooser { get; } = new();

    public BottleneckLink Link => _link;

    public double Seconds => _ms / 1_000.0;

    /// <summary>Each choice, with its time in seconds.</summary>
    public List<(double Seconds, int Layer)> Switches { get; } = [];

    /// <summary>The target ten times a second.</summary>
    public List<(double Seconds, long Target)> Targets { get; } = [];

    public int ProbeBytes { get; private set; }

    public long SentBytes { get; private set; }

    public void RunFor(double seconds)
    {
        for (var end = _ms + (long)(seconds * 1_000); _ms < end; _ms++)
        {
            Step(Timestamp.FromMilliseconds(_ms));
        }
    }

    /// <summary>
    /// Seconds until the choice was <paramref name="layer"/>; fails when it is not within <paramref name="limit"/>.
    /// </summary>
    public double RunUntilLayer(int layer, double limit)
    {
        var start = Seconds;
        while (Chooser.Layer != layer && Seconds - start < limit)
        {
            RunFor(0.01);
        }

        Assert.True(Chooser.Layer == layer, $"Layer {layer} was not reached within {limit} s.\n{Describe()}");
        return Seconds - start;
    }

    public int SwitchesSince(double seconds) => Switches.Count(change => change.Seconds > seconds);

    public long LeastTargetSince(double seconds) => Targets.Where(target => target.Seconds > seconds).Min(target => target.Target);

    public string Describe() =>
        string.Join(' ', Switches.Select(change => $"{change.Seconds:F2}s→{change.Layer}")) + '\n'
        + string.Join(' ', Targets.Where((_, index) => index % 10 == 0).Select(target => $"{target.Seconds:F1}:{target.Target / 1_000}"));

    private void Step(Timestamp now)
    {
        SendMedia(now);
        if (now >= Estimator.NextTimeout)
        {
            Estimator.HandleTimeout(now);
        }

        SendProbes(now);
        Assert.True(Estimator.NextTimeout > now, "A timeout that was handled is still due: a loop would spin.");
        while (_link.TryReceive(now, out var sequence, out var arrival))
        {
            _receiver.OnPacket(ReceiverTime(arrival), sequence);
        }

        WriteFeedback(now);
        ReadFeedback(now);
        if (_ms % 200 == 0)
        {
            Choose(now);
        }

        if (_ms % 100 == 0)
        {
            Targets.Add((Seconds, Estimator.TargetBitsPerSecond));
        }
    }

    private void SendMedia(Timestamp now)
    {
        if (_delayedPackets > 0 && _ms % 5 == 0)
        {
            SendBurst(now, _delayedPackets, _delayedBytes);
        }

        if (_ms % FrameMs == 0)
        {
            for (var layer = 0; layer < Layers.Length; layer++)
            {
                var spread = 1 + (SizeSpread * ((_random.NextDouble() * 2) - 1));
                SendFrame(now, layer, (int)(Layers[layer] * FrameMs / 8_000 * spread));
            }
        }

        if (_ms % AudioMs == 7)
        {
            Send(now, (int)(AudioBitsPerSecond * AudioMs / 8_000));
        }
    }

    private void SendFrame(Timestamp now, int layer, int bytes)
    {
        _meters.Add(now, layer, bytes);
        if (layer == _pending && _forwarded != _pending && _ms >= _keyFrameMs)
        {
            _forwarded = _pending;
            bytes *= KeyFrameFactor;
        }

        if (layer == _forwarded)
        {
            var packets = (bytes + MaxPacket - 1) / MaxPacket;
            SendBurst(now, packets, bytes / packets);
        }
    }

    // What is more than a burst follows every 5 ms.
    private void SendBurst(Timestamp now, int packets, int bytes)
    {
        for (var i = 0; i < Math.Min(packets, MaxBurst); i++)
        {
            Send(now, bytes);
        }

        _delayedPackets = Math.Max(packets - MaxBurst, 0);
        _delayedBytes = bytes;
    }

    private void Send(Timestamp now, int bytes)
    {
        SentBytes += bytes;
        _link.Send(now, Estimator.OnPacketSent(now, bytes), bytes);
    }

    private void SendProbes(Timestamp now)
    {
        while (Estimator.TryTakeProbe(now, out var burst))
        {
            var size = Math.Min(_probePacket, burst.MaxPacketBytes);
            for (var sent = 0; sent < burst.Bytes; sent += size)
            {
                ProbeBytes += size;
                Send(now, size);
            }
        }
    }

    private void Choose(Timestamp now)
    {
        _meters.Read(now, _rates);
        var old = Chooser.Layer;
        var layer = Chooser.Choose(now, Estimator.TargetBitsPerSecond, AudioBitsPerSecond, _rates);
        Estimator.WantedBitsPerSecond = Chooser.WantedBitsPerSecond;
        if (layer == old)
        {
            return;
        }

        Switches.Add((Seconds, layer));
        _pending = layer;
        _keyFrameMs = _ms + KeyFrameWaitMs;
        if (Chooser.IsUrgent)
        {
            _forwarded = -1;
            _delayedPackets = 0;
        }
    }

    private void WriteFeedback(Timestamp now)
    {
        while (_receiver.TryWrite(ReceiverTime(now), new Ssrc(1), new Ssrc(2), _data, out var length))
        {
            var message = _data[..length];
            var arrival = now + (Settings.RoundTrip / 2);
            if (_random.NextDouble() >= Settings.FeedbackLoss)
            {
                _feedback.Enqueue(message, arrival.Nanoseconds);
            }

            if (_random.NextDouble() < Settings.FeedbackDuplication)
            {
                _feedback.Enqueue(message, (arrival + (Settings.FeedbackInterval * 1.5)).Nanoseconds);
            }
        }
    }

    private void ReadFeedback(Timestamp now)
    {
        while (_feedback.TryPeek(out var message, out var nanoseconds) && nanoseconds <= now.Nanoseconds)
        {
            _feedback.Dequeue();
            Assert.True(TransportFeedback.TryParse(RtcpHarness.Single(message), out var feedback));
            Estimator.OnFeedback(now, feedback);
            Choose(now);
        }
    }

    // Some time of its own, 12.4 days less a few seconds, so that the feedback's reference time wraps.
    private Timestamp ReceiverTime(Timestamp time) =>
        new(1_073_735_000_000_000 + (long)(time.Nanoseconds * (1 + Settings.ClockSkew)));
}
