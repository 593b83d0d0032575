using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// Whose message a room passes on next, before it gets its number: up to a rate at once, and beyond it merchants take turns, whatever each
/// of them has waiting (deficit round robin, Shreedhar and Varghese 1996). So one who floods waits for itself, and every viewer still
/// gets what was numbered in order of number. Not thread-safe.
/// </summary>
/// <typeparam name="T">What is handed back when it is its turn.</typeparam>
public sealed class PublishTurns<T>
{
    /// <summary>
    /// Messages a second of one room: as many as there may be purchases before they share messages. A viewer gets 20 of them in a round.
    /// </summary>
    public const int DefaultPerSecond = 400;

    /// <summary>Messages that pass at once after a pause.</summary>
    public const int DefaultBurst = 40;

    /// <summary>Messages of one merchant that may wait: more than half a second of the room's whole rate.</summary>
    public const int DefaultMaxWaiting = 256;

    // Bytes that a merchant may send per turn and weight: a usual message, so that turns go by message as long as they are alike.
    private const int Quantum = 512;

    private readonly long _microsPerMessage;
    private readonly long _burstMicros;
    private readonly int _maxWaiting;
    private readonly Dictionary<MerchantId, Flow> _flows = [];
    private readonly Queue<Flow> _turns = new();

    // Time that is saved up, in microseconds: a message takes a fixed share of it.
    private long _credit;
    private long _now = long.MinValue;

    public PublishTurns(int perSecond = DefaultPerSecond, int burst = DefaultBurst, int maxWaiting = DefaultMaxWaiting)
    {
        _microsPerMessage = UnixMicros.PerSecond / perSecond;
        _burstMicros = burst * _microsPerMessage;
        _maxWaiting = maxWaiting;
        _credit = _burstMicros;
    }

    /// <summary>Messages that wait, of all merchants.</summary>
    public int Waiting { get; private set; }

    /// <summary>When <see cref="TakeDue"/> has something to give; null while nothing waits.</summary>
    public long? NextTimeout => Waiting == 0 ? null : _now + Math.Max(0, _microsPerMessage - _credit);

    /// <summary>A message of a merchant.</summary>
    /// <param name="weight">1 for a fair share; a merchant of weight 2 gets two turns.</param>
    /// <returns>Now (true), later by <see cref="TakeDue"/> (false), or not at all because too many of its messages wait (null).</returns>
    public bool? Enter(long nowMicros, MerchantId merchant, int bytes, T message, int weight = 1)
    {
        MoveTo(nowMicros);
        if (Waiting == 0 && _credit >= _microsPerMessage)
        {
            _credit -= _microsPerMessage;
            return true;
        }

        if (!_flows.TryGetValue(merchant, out var flow))
        {
            _flows[merchant] = flow = new Flow(merchant) { Deficit = Quantum * weight };
            _turns.Enqueue(flow);
        }

        if (flow.Messages.Count >= _maxWaiting)
        {
            return null;
        }

        flow.Weight = weight;
        flow.Messages.Enqueue((bytes, message));
        Waiting++;
        return false;
    }

    /// <summary>The next message whose turn it is; false when there is none yet.</summary>
    public bool TakeDue(long nowMicros, out T message)
    {
        MoveTo(nowMicros);
        message = default!;
        if (Waiting == 0 || _credit < _microsPerMessage)
        {
            return false;
        }

        while (true)
        {
            var flow = _turns.Peek();
            var (bytes, next) = flow.Messages.Peek();
            if (flow.Deficit < bytes)
            {
                // Its turn ends; what it could not use counts for the next.
                flow.Deficit += Quantum * flow.Weight;
                _turns.Enqueue(_turns.Dequeue());
                continue;
            }

            flow.Deficit -= bytes;
            flow.Messages.Dequeue();
            Waiting--;
            if (flow.Messages.Count == 0)
            {
                // Nothing is saved up for who has nothing to say.
                _turns.Dequeue();
                _flows.Remove(flow.Merchant);
            }

            _credit -= _microsPerMessage;
            message = next;
            return true;
        }
    }

    private void MoveTo(long nowMicros)
    {
        if (nowMicros > _now)
        {
            _credit = _now == long.MinValue ? _burstMicros : Math.Min(_burstMicros, _credit + Math.Min(nowMicros - _now, _burstMicros));
            _now = nowMicros;
        }
    }

    private sealed class Flow(MerchantId merchant)
    {
        public MerchantId Merchant { get; } = merchant;

        public Queue<(int Bytes, T Message)> Messages { get; } = new();

        public int Weight { get; set; } = 1;

        public long Deficit { get; set; }
    }
}
