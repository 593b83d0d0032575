namespace MediaRelay.Mixing.Worker;

/// <summary>What the threads of a session work on: replaced as a whole when a source or output comes or goes.</summary>
internal sealed record MixModel(MixSource[] Sources, VideoOutput[] VideoOutputs, AudioOutput[] AudioOutputs)
{
    public static readonly MixModel Empty = new([], [], []);
}
