namespace MediaRelay.Server.CoHosting;

/// <summary>CPU time that a session's worker has used since its start.</summary>
internal readonly record struct MixerUse(int ProcessId, int Rooms, TimeSpan Cpu);
