namespace MediaRelay.Server.CoHosting;

/// <summary>CPU time that a process has used since its start, and its resident memory.</summary>
internal readonly record struct ProcessSample(TimeSpan Cpu, long ResidentBytes);
