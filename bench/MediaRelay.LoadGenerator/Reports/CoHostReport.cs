namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Links between the main room and brand rooms.</summary>
internal sealed record CoHostReport(int Wanted, int Linked, IReadOnlyList<string> Failures);
