using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>What a picture's <see cref="TimeCode"/> says, on the clock of the process that made it.</summary>
/// <param name="MadeAt">When the source made it.</param>
/// <param name="SentAt">When its host gave its last packet to the socket for the first time; <paramref name="MadeAt"/> until then.</param>
public readonly record struct PictureTimes(Timestamp MadeAt, Timestamp SentAt);
