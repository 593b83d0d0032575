using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;

namespace MediaRelay.SaleNight;

/// <summary>Keeps one seller's room live: publishes, and publishes again when the session or the pipeline ends.</summary>
internal sealed class Stage(
    Seller seller, SaleNightOptions options, HeadlessPeers peers, WhipClient whip, TokenMinter tokens, NightLog log, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);
    private readonly TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the room was live for the first time.</summary>
    public Task Live => _live.Task;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await PublishAsync(cancellationToken);
            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var (source, pipelineEnded) = OpenSource();
        var token = tokens.Host(seller.Id, $"{seller.Id}-host", TokenLifetime);

        // Key frames leave as a short train and not as one burst, as a browser's pacer sends them.
        var outcome = await peers.PublishAsync(
            whip, seller.Id, token, source, new HostOptions { Pacing = TimeSpan.FromMilliseconds(10) }, cancellationToken);
        if (!outcome.IsJoined)
        {
            log.Check($"{seller.Name} cannot go live", outcome.Problem);
            return;
        }

        var host = outcome.Peer;
        try
        {
            await Task.WhenAny(host.Connected, host.Closed).WaitAsync(cancellationToken);
            if (host.Connected.IsCompletedSuccessfully)
            {
                log.Say($"{seller.Name} is live");
                _live.TrySetResult();
            }

            await Task.WhenAny(host.Closed, pipelineEnded).WaitAsync(cancellationToken);
            log.Say($"{seller.Name} went off air: {Reason(host, pipelineEnded)}");
        }
        finally
        {
            host.Close();
        }
    }

    private static string Reason(HeadlessHost host, Task<string> pipelineEnded) =>
        pipelineEnded.IsCompletedSuccessfully ? pipelineEnded.Result : $"the session ended ({host.Closed.Result})";

    private (IMediaSource Source, Task<string> Ended) OpenSource()
    {
        if (!options.Synthetic)
        {
            if (GStreamerProcessSource.TryStart(seller.Look, peers.Clock, out var pipeline, out var problem))
            {
                return (pipeline, pipeline.Ended);
            }

            log.Say($"{problem}; {seller.Name} shows a plain colour instead");
        }

        var never = new TaskCompletionSource<string>();
        return (new SyntheticMediaSource(seller.PlainLook()), never.Task);
    }
}
