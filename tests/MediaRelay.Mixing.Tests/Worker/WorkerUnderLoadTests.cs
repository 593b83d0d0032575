using System.Diagnostics;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>A real worker on a machine that others keep busy; runs beside no other test, which would suffer.</summary>
[Collection(BusyMachineCollection.Name)]
public sealed class WorkerUnderLoadTests
{
    [Fact]
    public async Task Worker_EveryCoreBusyForTenSeconds_CountsAsAlive()
    {
        MixerOutputSpec[] outputs = [MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true), MixerOutputSpec.Program(2)];
        using var viewer = new TestViewer(outputs);
        var options = new MixerWorkerOptions
        {
            Executable = "dotnet",
            Arguments = [Path.Combine(AppContext.BaseDirectory, "MediaRelay.Mixing.Worker.dll"), MediaRelay.Mixing.Worker.MixerWorker.Verb],
            StartTimeout = TimeSpan.FromSeconds(60),
        };
        var spec = new MixerSpec("cohost", [new MixerSourceSpec(0, "room-a", "merchant-a", "Arbor", VideoCodec.H264)], outputs, Layout.Auto);
        await using var link = await MixerLink.StartAsync(spec, options, viewer, TimeProvider.System, CancellationToken.None);
        var load = Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => Process.Start("timeout", ["10", "sh", "-c", "while :; do :; done"])).ToList();
        var over = Task.WhenAll(load.Select(process => process.WaitForExitAsync()));
        var first = await Task.WhenAny(viewer.Exited, over);
        await over;
        load.ForEach(process => process.Dispose());
        Assert.True(first == over, first == over ? "" : (await viewer.Exited).Detail);
    }
}
