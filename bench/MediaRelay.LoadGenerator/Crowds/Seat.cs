using MediaRelay.Client.Signaling;
using MediaRelay.Client.Viewers;

namespace MediaRelay.LoadGenerator.Crowds;

/// <summary>A viewer that is there.</summary>
/// <param name="Number">Counts all viewers of the run.</param>
/// <param name="Room">An index of the plan.</param>
/// <param name="IsReplaced">Whether another joins when it leaves.</param>
internal sealed record Seat(HeadlessViewer Viewer, SignalingSession Session, int Number, int Room, bool IsReplaced)
{
    /// <summary>Messages that it has sent on its channel; a viewer numbers its own. Counted by the one who sends.</summary>
    public long SentMessages { get; set; }

    /// <summary>The name that its token and orders have.</summary>
    public string ViewerId => IdOf(Number);

    public static string IdOf(int number) => $"viewer-{number}";
}
