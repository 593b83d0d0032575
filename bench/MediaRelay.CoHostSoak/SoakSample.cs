namespace MediaRelay.CoHostSoak;

/// <summary>What server and the worker of the long session hold after a cycle; of the heap, what the server's collector says of it.</summary>
internal readonly record struct SoakSample(TimeSpan At, ProcessReading Server, double HeapMiB, ProcessReading? Worker, int Workers);
