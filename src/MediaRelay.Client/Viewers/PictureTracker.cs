using MediaRelay.Client.Sources;

namespace MediaRelay.Client.Viewers;

/// <summary>
/// Says when pictures are complete, in decoding order: a picture counts once its last packet and everything before it is there. Those
/// that end while something is missing wait, a bounded number.
/// </summary>
internal sealed class PictureTracker
{
    // At 30 pictures a second more than the second after which missing packets are given up.
    private const int MaxWaiting = 32;
    private readonly PictureTimes?[] _waiting = new PictureTimes?[MaxWaiting];
    private int _count;

    public int WaitingCount => _count;

    /// <summary>A picture's last packet came while others are missing; false when too many wait already.</summary>
    public bool TryWait(PictureTimes? times)
    {
        if (_count == MaxWaiting)
        {
            return false;
        }

        _waiting[_count++] = times;
        return true;
    }

    /// <summary>The time code of waiting picture <paramref name="index"/>, if it had one.</summary>
    public PictureTimes? this[int index] => _waiting[index];

    /// <summary>All that waited are complete, or given up.</summary>
    public void Clear() => _count = 0;
}
