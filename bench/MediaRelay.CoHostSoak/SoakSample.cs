namespace MediaRelay.CoHostSoak;

/// <summary>What server and the worker of the long session hold after a cycle.</summary>
internal readonly record struct SoakSample(TimeSpan At, ProcessReading Server, ProcessReading? Worker, int Workers);
