using System.Reflection;

namespace MediaRelay.Mixing.Link;

/// <summary>How worker processes are started.</summary>
public sealed class MixerWorkerOptions
{
    /// <summary>The program to run: by default the running server's own executable.</summary>
    public string Executable { get; set; } = Environment.ProcessPath ?? "dotnet";

    /// <summary>Arguments in front of the worker's own; the last one tells the program to be a worker.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [Worker.MixerWorker.Verb];

    /// <summary>
    /// Time from the start of the process to a running canvas. 10 s: normally under one, but the first use of GStreamer
    /// after an installation scans all plugins.
    /// </summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time that a worker gets to prepare itself. 2 min: it does so at the lowest priority, and one that is ended half-way has cost
    /// a busy machine all of it for nothing.
    /// </summary>
    public TimeSpan PrepareTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Heartbeats, which come every 50 ms, may be missing this long before a worker counts as hung. 400 ms: with the rest it is
    /// noticed within 500 ms. They leave and arrive on threads of their own. A worker that ends or is killed is seen at once, by its
    /// socket.
    /// </summary>
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// A worker whose heartbeats say that one of its threads has not come round for this long counts as hung too.
    /// </summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMilliseconds(450);

    /// <summary>
    /// The same for a worker that has threads which wait for a core (or run in circles): on a machine whose cores all have many to
    /// serve, heartbeats were missing for 440 ms.
    /// </summary>
    public TimeSpan StarvedTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// By how much the workers' threads give way to others, 0–19 as of nice(1); those that keep up the link do not. 5: under
    /// full load a relay loop gets three times the CPU of a mixer.
    /// </summary>
    public int Nice { get; set; } = 5;

    /// <summary>CPUs that workers may use; null for all.</summary>
    public CpuSet? Cpus { get; set; }

    /// <summary>Time that a worker gets to end by itself before it is killed.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of media that may wait for a worker; beyond it packets are dropped and counted.</summary>
    public int QueueBytes { get; set; } = LinkConnection.DefaultQueueBytes;

    /// <summary>
    /// Runs <paramref name="program"/> as worker: the running executable if it is its own, else "dotnet" with it (under "dotnet
    /// Program.dll", or inside a test host).
    /// </summary>
    public static MixerWorkerOptions For(Assembly program)
    {
        var name = program.GetName().Name;
        var host = Path.GetFileName(Environment.ProcessPath);
        if (host == name || host == name + ".exe" || string.IsNullOrEmpty(program.Location))
        {
            return new MixerWorkerOptions { Arguments = [Worker.MixerWorker.Verb] };
        }

        return new MixerWorkerOptions
        {
            Executable = host is "dotnet" or "dotnet.exe" ? Environment.ProcessPath! : "dotnet",
            Arguments = [program.Location, Worker.MixerWorker.Verb],
        };
    }
}
