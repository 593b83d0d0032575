namespace MediaRelay.CoHostSoak;

/// <summary>What is soaked, and for how long.</summary>
/// <param name="Server">The server's executable.</param>
/// <param name="Time">From the first to the last cycle.</param>
/// <param name="Orders">In each cycle; what is kept of them is what the server may grow by.</param>
/// <param name="Viewers">Who come and go in each cycle.</param>
/// <param name="Cycle">Length of a cycle, in which what a sale night sees in two minutes happens.</param>
internal sealed record SoakOptions(FileInfo Server, TimeSpan Time, int Orders, int Viewers, TimeSpan Cycle);
