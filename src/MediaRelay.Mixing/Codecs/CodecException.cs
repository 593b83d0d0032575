namespace MediaRelay.Mixing.Codecs;

/// <summary>A codec could not be opened or gave up; the message names the element and its reason.</summary>
public sealed class CodecException : Exception
{
    public CodecException(string message)
        : base(message)
    {
    }

    public CodecException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
