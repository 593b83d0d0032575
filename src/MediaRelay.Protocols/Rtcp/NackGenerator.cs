using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Receiver's side of NACK (RFC 4585 §6.2.1): notices what is missing of one stream, asks for it until it comes, and
/// says when it gives up, so that a key frame can be asked for. A missing packet is asked for at once, then each round
/// trip, at most <see cref="MaxTries"/> times and for <see cref="MaxAge"/>. One thread at a time.
/// </summary>
public sealed class NackGenerator
{
    /// <summary>
    /// Sequence numbers behind the highest that are looked after, and so the most that can be missing: a second of 8
    /// Mbit/s video. A longer gap is given up at once.
    /// </summary>
    public const int Window = 1_024;

    public const int MaxTries = 10;

    /// <summary>Older packets would come too late for any viewer.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    /// <summary>Between two requests while the round trip is not known.</summary>
    public static readonly TimeSpan DefaultRetryInterval = TimeSpan.FromMilliseconds(50);

    // Below this a reordered answer would be asked for again before it can arrive.
    private static readonly TimeSpan MinRetryInterval = TimeSpan.FromMilliseconds(10);

    private readonly Missing[] _missing = new Missing[Window];
    private long _highest;
    private bool _hasPackets;
    private bool _isUnrecoverable;

    /// <summary>Measured round trip to the sender; zero while it is not known.</summary>
    public TimeSpan RoundTrip { get; set; }

    /// <summary>Packets that are missing and not given up, at most <see cref="Window"/>.</summary>
    public int MissingCount { get; private set; }

    /// <summary>When <see cref="TryWriteNack"/> or <see cref="HandleTimeout"/> next has something to do.</summary>
    public Timestamp NextTimeout { get; private set; } = Timestamp.Never;

    private TimeSpan RetryInterval => RoundTrip == TimeSpan.Zero
        ? DefaultRetryInterval
        : TimeSpan.FromTicks(Math.Max(RoundTrip.Ticks, MinRetryInterval.Ticks));

    /// <summary>Takes a packet that arrived, an answered request (from the RTX stream) included.</summary>
    public void OnPacket(Timestamp now, SequenceNumber sequenceNumber)
    {
        if (!_hasPackets)
        {
            _hasPackets = true;
            _highest = sequenceNumber.Value;
            return;
        }

        var number = Unwrap(sequenceNumber);
        if (number <= _highest)
        {
            TakeLate(number);
        }
        else if (number - _highest > Window)
        {
            GiveUpAll();
            _highest = number;
        }
        else
        {
            Advance(now, number);
        }
    }

    /// <summary>Gives up what is too old or was asked for too often.</summary>
    public void HandleTimeout(Timestamp now)
    {
        if (now < NextTimeout)
        {
            return;
        }

        for (var number = Lowest; number <= _highest && MissingCount > 0; number++)
        {
            ref var missing = ref Slot(number);
            var isExhausted = missing.Tries >= MaxTries && missing.NextTry <= now;
            if (missing.IsMissing && (isExhausted || now - missing.Since >= MaxAge))
            {
                GiveUp(ref missing);
            }
        }

        UpdateNextTimeout();
    }

    /// <summary>
    /// Writes one NACK message with what is due now; false when nothing is. To be called until false. Throws when the
    /// destination holds less than 16 bytes.
    /// </summary>
    public bool TryWriteNack(Timestamp now, Ssrc sender, Ssrc media, Span<byte> destination, out int length)
    {
        HandleTimeout(now);
        length = 0;
        if (now < NextTimeout)
        {
            return false;
        }

        const int MaxPerMessage = 256;
        Span<SequenceNumber> due = stackalloc SequenceNumber[MaxPerMessage];
        var count = 0;
        for (var number = Lowest; number <= _highest && count < due.Length; number++)
        {
            ref readonly var missing = ref Slot(number);
            if (missing.IsMissing && missing.NextTry <= now)
            {
                due[count++] = new SequenceNumber((ushort)number);
            }
        }

        length = RtcpWriter.WriteNack(destination, sender, media, due[..count], out var taken);
        if (count > 0 && taken == 0)
        {
            throw new ArgumentException("The destination is too short for a NACK.", nameof(destination));
        }

        for (var i = 0; i < taken; i++)
        {
            ref var missing = ref Slot(Unwrap(due[i]));
            missing.Tries++;
            missing.NextTry = now + RetryInterval;
        }

        UpdateNextTimeout();
        return length > 0;
    }

    /// <summary>
    /// True once after packets were given up: what was in them will not come, and video needs a key frame.
    /// </summary>
    public bool TryReadUnrecoverable()
    {
        var isUnrecoverable = _isUnrecoverable;
        _isUnrecoverable = false;
        return isUnrecoverable;
    }

    private long Lowest => _highest - Window + 1;

    private long Unwrap(SequenceNumber number) => _highest + new SequenceNumber((ushort)_highest).DistanceTo(number);

    // Window is a power of two: masking also maps negative numbers.
    private ref Missing Slot(long number) => ref _missing[(int)(number & (Window - 1))];

    private void TakeLate(long number)
    {
        if (number < Lowest)
        {
            return;
        }

        ref var missing = ref Slot(number);
        if (missing.IsMissing)
        {
            missing = default;
            MissingCount--;
            if (MissingCount == 0)
            {
                NextTimeout = Timestamp.Never;
            }
        }
    }

    private void Advance(Timestamp now, long number)
    {
        while (_highest < number)
        {
            // The slot belonged to the number that now falls out of the window.
            ref var slot = ref Slot(++_highest);
            if (slot.IsMissing)
            {
                GiveUp(ref slot);
            }

            if (_highest < number)
            {
                slot = new Missing { IsMissing = true, Since = now, NextTry = now };
                MissingCount++;
                NextTimeout = Timestamp.Min(NextTimeout, now);
            }
        }
    }

    private void GiveUp(ref Missing missing)
    {
        missing = default;
        MissingCount--;
        _isUnrecoverable = true;
    }

    private void GiveUpAll()
    {
        Array.Clear(_missing);
        MissingCount = 0;
        NextTimeout = Timestamp.Never;
        _isUnrecoverable = true;
    }

    private void UpdateNextTimeout()
    {
        NextTimeout = Timestamp.Never;
        var left = MissingCount;
        for (var number = Lowest; left > 0; number++)
        {
            ref readonly var missing = ref Slot(number);
            if (missing.IsMissing)
            {
                left--;
                NextTimeout = Timestamp.Min(NextTimeout, Timestamp.Min(missing.NextTry, missing.Since + MaxAge));
            }
        }
    }

    private struct Missing
    {
        public bool IsMissing;
        public int Tries;
        public Timestamp Since;
        public Timestamp NextTry;
    }
}
