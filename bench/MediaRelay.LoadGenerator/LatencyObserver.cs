using MediaRelay.Client.Statistics;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator;

/// <summary>Takes the pictures' latencies of all viewers while the window is open.</summary>
internal sealed class LatencyObserver : ViewerObserver
{
    private volatile bool _isOpen;

    public LatencyHistogram Latency { get; } = new();

    public bool IsOpen
    {
        set => _isOpen = value;
    }

    public override void OnPicture(HeadlessViewer viewer, Timestamp now, TimeSpan latency)
    {
        if (_isOpen)
        {
            Latency.Record(latency);
        }
    }
}
