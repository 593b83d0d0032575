namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>The script that every page runs before its own.</summary>
internal static class ProbeScript
{
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(ProbeScript).Assembly.GetManifestResourceStream("probe.js")
            ?? throw new InvalidOperationException("probe.js is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
