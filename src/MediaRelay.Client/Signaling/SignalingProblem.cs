namespace MediaRelay.Client.Signaling;

/// <summary>Why the server did not do what was asked.</summary>
/// <param name="Status">The HTTP status; 0 when no answer came at all.</param>
/// <param name="Title">The problem's title (RFC 9457), else the status's reason phrase.</param>
/// <param name="Detail">For a person, when there is one.</param>
/// <param name="RetryAfter">When to try again, if the server says so.</param>
public sealed record SignalingProblem(int Status, string Title, string? Detail = null, TimeSpan? RetryAfter = null)
{
    public override string ToString() => Detail is null ? $"{Status} {Title}" : $"{Status} {Title}: {Detail}";
}
