namespace MediaRelay.Mixing.Link;

/// <summary>
/// A worker could not be started; the message says why and, when a GStreamer element is missing, names it.
/// </summary>
public sealed class MixerStartException : Exception
{
    public MixerStartException(string message)
        : base(message)
    {
    }

    public MixerStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static MixerStartException TooLate(string what, TimeSpan limit, Exception late) =>
        new($"The mixer worker did not {what} within {limit.TotalSeconds:F0} s.", late);
}
