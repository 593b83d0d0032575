namespace MediaRelay.Transport.Linux;

/// <summary>
/// Whether it is worth trying UDP_SEGMENT. A path may refuse it (a device without checksum offload, a small MTU), so failures in a row
/// switch it off; it is tried again later, because one peer's path must not decide for all peers for ever.
/// </summary>
internal sealed class SegmentationSwitch
{
    /// <summary>Failures in a row, without a success between them, that switch it off.</summary>
    public const int FailuresToRest = 8;

    /// <summary>Messages after which it is tried again: seconds under load, and 8 refused calls among so many cost nothing.</summary>
    public const int RestMessages = 65_536;

    private readonly bool _isAvailable;
    private int _failures;
    private int _rest;

    /// <param name="isAvailable">False keeps it off for good: not wanted, or unknown to the kernel.</param>
    public SegmentationSwitch(bool isAvailable)
    {
        _isAvailable = isAvailable;
        IsOn = isAvailable;
    }

    public bool IsOn { get; private set; }

    public void Succeeded() => _failures = 0;

    public void Failed()
    {
        _failures++;
        if (IsOn && _failures >= FailuresToRest)
        {
            IsOn = false;
            _rest = RestMessages;
        }
    }

    /// <summary>Counts messages sent while it is off.</summary>
    public void Sent(int messages)
    {
        if (IsOn || !_isAvailable)
        {
            return;
        }

        _rest -= messages;
        if (_rest <= 0)
        {
            IsOn = true;
            _failures = 0;
        }
    }
}
