using System.Runtime.InteropServices;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>What one pass over a loop's viewers sends: the packets of each layer and the sound, each with a reference.</summary>
internal sealed class FeedBatch
{
    private readonly List<FeedPacket>[] _video = [[], [], []];
    private readonly List<FeedPacket> _audio = [];

    /// <summary>A bit per layer that has the beginning of a key frame in here.</summary>
    public int KeyFrameLayers { get; private set; }

    /// <summary>The newest source switch among the pictures.</summary>
    public int Epoch { get; private set; } = -1;

    /// <summary>When the last packet of the newest picture that ends in here arrived; null when none does.</summary>
    public Timestamp? LastMarkerAt { get; private set; }

    public bool IsEmpty => _audio.Count == 0 && VideoCount == 0;

    public int VideoCount => _video[0].Count + _video[1].Count + _video[2].Count;

    public ReadOnlySpan<FeedPacket> Audio => CollectionsMarshal.AsSpan(_audio);

    public ReadOnlySpan<FeedPacket> Video(int layer) => CollectionsMarshal.AsSpan(_video[layer]);

    /// <summary>Adds a packet with a reference of its own.</summary>
    public void Add(in FeedPacket packet)
    {
        if (packet.IsVideo)
        {
            _video[packet.Layer].Add(packet);
            Note(packet);
        }
        else
        {
            _audio.Add(packet);
        }
    }

    /// <summary>Moves all sound and at most <paramref name="most"/> packets of each layer from another batch to this empty one.</summary>
    public void TakeFrom(FeedBatch other, int most)
    {
        _audio.AddRange(other._audio);
        other._audio.Clear();
        if (most > 0)
        {
            for (var layer = 0; layer < _video.Length; layer++)
            {
                var waiting = other._video[layer];
                var count = Math.Min(most, waiting.Count);
                foreach (ref readonly var packet in CollectionsMarshal.AsSpan(waiting)[..count])
                {
                    _video[layer].Add(packet);
                    Note(packet);
                }

                waiting.RemoveRange(0, count);
            }
        }

        other.Recount();
    }

    /// <summary>Lets go of every packet.</summary>
    public void Release()
    {
        foreach (var packet in Audio)
        {
            packet.Buffer.Dispose();
        }

        _audio.Clear();
        foreach (var layer in _video)
        {
            foreach (ref readonly var packet in CollectionsMarshal.AsSpan(layer))
            {
                packet.Buffer.Dispose();
            }

            layer.Clear();
        }

        Recount();
    }

    private void Note(in FeedPacket packet)
    {
        KeyFrameLayers |= packet.IsKeyFrameStart ? 1 << packet.Layer : 0;
        Epoch = Math.Max(Epoch, packet.Epoch);
        LastMarkerAt = packet.Marker ? packet.ReceivedAt : LastMarkerAt;
    }

    private void Recount()
    {
        KeyFrameLayers = 0;
        Epoch = -1;
        LastMarkerAt = null;
        foreach (var layer in _video)
        {
            foreach (ref readonly var packet in CollectionsMarshal.AsSpan(layer))
            {
                Note(packet);
            }
        }
    }
}
