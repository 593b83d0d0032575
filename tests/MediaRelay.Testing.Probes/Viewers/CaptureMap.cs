using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>What sender reports say of one stream: which wall time belongs to which RTP timestamp. Written and read under a viewer's lock.</summary>
internal sealed class CaptureMap(int clockRate)
{
    private readonly List<(long Ticks, long UnixNanoseconds)> _points = [];

    public bool IsEmpty => _points.Count == 0;

    public void Add(long ticks, NtpTime capture) => _points.Add((ticks, capture.ToUnixNanoseconds()));

    /// <summary>Wall time, in Unix ns, of a timestamp: by the last report before it, or the first one.</summary>
    public double ToUnixNanoseconds(double ticks)
    {
        var point = _points[0];
        foreach (var later in _points)
        {
            if (later.Ticks > ticks)
            {
                break;
            }

            point = later;
        }

        return point.UnixNanoseconds + ((ticks - point.Ticks) * 1e9 / clockRate);
    }

    public CaptureMap Copy()
    {
        var copy = new CaptureMap(clockRate);
        copy._points.AddRange(_points);
        return copy;
    }
}
