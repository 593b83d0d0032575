using MediaRelay.Mixing.Codecs;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// The sound's clock: every 20 ms all sources are read, mixed for each output, encoded and sent. A thread of its own.
/// </summary>
internal sealed class AudioLoop
{
    public static readonly TimeSpan BlockTime = TimeSpan.FromMilliseconds(20);

    // Being behind by more than this, blocks are left out instead of sent in a burst that nobody can play.
    private const int MaxBurst = 10;

    private readonly MixSession _session;
    private readonly MixClock _clock;
    private readonly Dictionary<MixSource, float[]> _sound = [];
    private float[][] _blocks = [];
    private long _late;
    private long _lastTurn;
    private bool _isFirst = true;

    public AudioLoop(MixSession session, MixClock clock)
    {
        _session = session;
        _clock = clock;
    }

    /// <summary>When the loop last came round; what shows that it still does.</summary>
    public Timestamp LastTurn => new(Interlocked.Read(ref _lastTurn));

    /// <summary>Blocks that were left out.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Mixes block 0, before <see cref="Run"/>.</summary>
    public void TurnFirst()
    {
        lock (_session.AudioLock)
        {
            Turn(0);
        }
    }

    /// <summary>Mixes from block 1 on until <paramref name="stop"/>.</summary>
    /// <exception cref="CodecException">An encoder gave up.</exception>
    public void Run(CancellationToken stop)
    {
        for (long block = 1; !CanvasLoop.WaitUntil(_clock.Start + (BlockTime * block), stop); block++)
        {
            var behind = (long)((MixClock.Now - (_clock.Start + (BlockTime * block))) / BlockTime);
            if (behind > MaxBurst)
            {
                Interlocked.Add(ref _late, behind);
                block += behind;
            }

            lock (_session.AudioLock)
            {
                Turn(block);
            }

            Interlocked.Exchange(ref _lastTurn, MixClock.Now.Nanoseconds);
        }
    }

    private void Turn(long block)
    {
        var model = _session.Model;
        if (_blocks.Length != model.Sources.Length)
        {
            _blocks = new float[model.Sources.Length][];
        }

        var due = _clock.Start + (BlockTime * block);
        for (var i = 0; i < model.Sources.Length; i++)
        {
            var source = model.Sources[i];
            if (!_sound.TryGetValue(source, out var sound))
            {
                Forget(model);
                sound = new float[AudioEncoder.Frames * 2];
                _sound.Add(source, sound);
            }

            source.ReadSound(MixClock.Now, due, sound);
            _blocks[i] = sound;
        }

        var timestamp = new RtpTimestamp((uint)(_clock.AudioBase + (block * AudioEncoder.Frames)));
        foreach (var output in model.AudioOutputs)
        {
            output.Send(_blocks, IndexOf(model.Sources, output.Spec.SourceIndex), timestamp, _isFirst);
        }

        _isFirst = false;
    }

    private static int IndexOf(MixSource[] sources, int? index)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i].Spec.Index == index)
            {
                return i;
            }
        }

        return -1;
    }

    private void Forget(MixModel model)
    {
        foreach (var gone in _sound.Keys.Except(model.Sources).ToList())
        {
            _sound.Remove(gone);
        }
    }
}
