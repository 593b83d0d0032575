namespace MediaRelay.Server.Hosting;

/// <summary>
/// The process cannot start for a reason that its operator can remove (a port or directory in use). The message is one line
/// for the operator: the setting, its value, what is wrong. It is printed without a stack trace and ends the process.
/// </summary>
internal sealed class StartRefusedException : Exception
{
    public StartRefusedException()
    {
    }

    public StartRefusedException(string message)
        : base(message)
    {
    }

    public StartRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
