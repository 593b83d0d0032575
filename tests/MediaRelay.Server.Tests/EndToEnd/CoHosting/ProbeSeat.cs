using System.Text.Json.Nodes;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Reports;
using MediaRelay.Testing.Probes.Viewers;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>A headless viewer whose pictures and sound are decoded.</summary>
internal sealed class ProbeSeat(HeadlessViewer peer, ProbeViewer probe, WhepProbeObserver observer) : IAsyncDisposable
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public ProbeViewer Probe => probe;

    /// <summary>Messages of the overlay channel as <c>[version, type, seq, sentAt, mediaTime, body]</c>, oldest first.</summary>
    public IReadOnlyList<JsonArray> Messages => [.. observer.Messages.Select(message => (JsonArray)MessagePackJson.Read(message.Message)!)];

    /// <summary>Returns the latest decoded picture as soon as it is like that.</summary>
    public async Task<SeenPicture> UntilAsync(string what, Func<SeenPicture, bool> condition)
    {
        var picture = await Wait.UntilAsync(
            $"{probe.Name}: {what}", Longest, () => Task.FromResult(probe.Failure is null ? probe.Latest : throw probe.Failure),
            latest => latest is not null && condition(latest));
        return picture!;
    }

    public Task<SeenPicture> UntilSceneAsync(string scene) =>
        UntilAsync(scene, picture => picture.Scene == scene && picture.Tiles.All(tile => tile.Number is not null));

    /// <summary>Plays on until the timeline is that much further; gives the clock's time then.</summary>
    public async Task<Timestamp> PlayAsync(TimeSpan time)
    {
        var until = probe.Latest!.Time + (long)(time.TotalSeconds * 90_000);
        await UntilAsync($"{time.TotalSeconds} s more", picture => picture.Time >= until);
        return probe.Clock.Now;
    }

    public ProbeAnalysis Analyse(Timestamp from, Timestamp to)
    {
        probe.Drain();
        return new ProbeAnalysis(probe, from, to);
    }

    public async ValueTask DisposeAsync()
    {
        peer.Close();
        await peer.Closed;
        probe.Dispose();
    }
}
