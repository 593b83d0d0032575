using System.Diagnostics.Metrics;
using MediaRelay.Server.Hosting;

namespace MediaRelay.Server.Observability;

/// <summary>The process itself: memory, CPU, garbage collection, thread pool. Asked by each scrape.</summary>
internal sealed class ProcessMetrics
{
    public ProcessMetrics(IMeterFactory factory, NodeStart node)
    {
        var meter = factory.CreateRelayMeter();
        var start = node.At.ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableGauge(
            "process_start_time_seconds", () => start, description: "When the process started, as Unix time.");
        meter.CreateObservableGauge(
            "process_resident_memory_bytes", () => Environment.WorkingSet, description: "Resident memory of the process.");
        meter.CreateObservableCounter("process_cpu_seconds_total", ReadCpu, description: "CPU time of the process, by mode.");
        meter.CreateObservableGauge(
            "process_gc_heap_bytes", () => GC.GetGCMemoryInfo().HeapSizeBytes, description: "Managed heap after the last collection.");
        meter.CreateObservableCounter("process_gc_collections_total", ReadCollections, description: "Garbage collections, by generation.");
        meter.CreateObservableCounter(
            "process_gc_pause_seconds_total", () => GC.GetTotalPauseDuration().TotalSeconds, description: "Time that collections stopped the process.");
        meter.CreateObservableCounter(
            "process_gc_allocated_bytes_total", () => GC.GetTotalAllocatedBytes(), description: "Bytes allocated on the managed heap.");
        meter.CreateObservableGauge(
            "process_thread_pool_threads", () => ThreadPool.ThreadCount, description: "Threads of the thread pool.");
        meter.CreateObservableGauge(
            "process_thread_pool_queue_length", () => ThreadPool.PendingWorkItemCount, description: "Work items that wait for a pool thread.");
    }

    private static IEnumerable<Measurement<double>> ReadCpu()
    {
        var usage = Environment.CpuUsage;
        yield return new Measurement<double>(usage.UserTime.TotalSeconds, KeyValuePair.Create<string, object?>("mode", "user"));
        yield return new Measurement<double>(usage.PrivilegedTime.TotalSeconds, KeyValuePair.Create<string, object?>("mode", "system"));
    }

    private static IEnumerable<Measurement<long>> ReadCollections()
    {
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            yield return new Measurement<long>(
                GC.CollectionCount(generation), KeyValuePair.Create<string, object?>("generation", generation));
        }
    }
}
