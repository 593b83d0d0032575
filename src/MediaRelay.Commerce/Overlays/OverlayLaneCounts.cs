namespace MediaRelay.Commerce.Overlays;

/// <summary>What a viewer's lanes did so far, by class.</summary>
public struct OverlayLaneCounts : IEquatable<OverlayLaneCounts>
{
    private long _deliveredTally;
    private long _deliveredComment;
    private long _deliveredShelf;
    private long _deliveredPurchase;

    public long ShedTallies { get; internal set; }

    public long ShedComments { get; internal set; }

    /// <summary>Times that the backlog was dropped for a fresh snapshot.</summary>
    public long Resyncs { get; internal set; }

    /// <summary>Never-shed messages dropped by that; a snapshot took their place.</summary>
    public long DroppedByResync { get; internal set; }

    public readonly long Delivered(OverlayClass overlayClass) => overlayClass switch
    {
        OverlayClass.Tally => _deliveredTally,
        OverlayClass.Comment => _deliveredComment,
        OverlayClass.Shelf => _deliveredShelf,
        _ => _deliveredPurchase,
    };

    public readonly bool Equals(OverlayLaneCounts other) =>
        _deliveredTally == other._deliveredTally && _deliveredComment == other._deliveredComment
        && _deliveredShelf == other._deliveredShelf && _deliveredPurchase == other._deliveredPurchase
        && ShedTallies == other.ShedTallies && ShedComments == other.ShedComments
        && Resyncs == other.Resyncs && DroppedByResync == other.DroppedByResync;

    public override readonly bool Equals(object? obj) => obj is OverlayLaneCounts other && Equals(other);

    public override readonly int GetHashCode() =>
        HashCode.Combine(_deliveredPurchase, _deliveredShelf, ShedComments, ShedTallies);

    internal void CountDelivered(OverlayClass overlayClass)
    {
        switch (overlayClass)
        {
            case OverlayClass.Tally: _deliveredTally++; break;
            case OverlayClass.Comment: _deliveredComment++; break;
            case OverlayClass.Shelf: _deliveredShelf++; break;
            default: _deliveredPurchase++; break;
        }
    }
}
