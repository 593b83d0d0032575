namespace MediaRelay.Testing.Probes.Reports;

/// <summary>How far two sources are from being shown as they were at one moment; signed: positive when the second is shown later. In ms.</summary>
/// <param name="Pictures">Of every picture that shows both: capture time of the first's minus that of the second's.</param>
/// <param name="PicturesApart">The same without sign.</param>
/// <param name="Sound">Of each second's two bursts.</param>
public sealed record ProbeSkewReport(int First, int Second, ProbeFigures Pictures, ProbeFigures PicturesApart, ProbeFigures Sound);
