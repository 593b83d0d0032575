namespace MediaRelay.CoHostSoak;

/// <summary>What is soaked, and for how long.</summary>
/// <param name="Server">The server's executable.</param>
/// <param name="Time">From the first to the last cycle.</param>
/// <param name="Cycle">Length of a cycle, in which what a sale night sees in two minutes happens.</param>
internal sealed record SoakOptions(FileInfo Server, TimeSpan Time, TimeSpan Cycle);
