namespace MediaRelay.Protocols.Bandwidth;

/// <summary>How two successive groups of packets differ.</summary>
/// <param name="SendMilliseconds">Between their departures.</param>
/// <param name="ArrivalMilliseconds">Between their arrivals, on the receiver's clock, in milliseconds.</param>
/// <param name="Arrival">Arrival of the later one, on the receiver's clock, in microseconds.</param>
internal readonly record struct GroupDelta(double SendMilliseconds, double ArrivalMilliseconds, long Arrival)
{
    /// <summary>
    /// Growth of the one-way delay in milliseconds (draft-ietf-rmcat-gcc-02 §5.1, inter-group delay variation).
    /// </summary>
    public double DelayVariation => ArrivalMilliseconds - SendMilliseconds;
}
