using System.Text;

namespace MediaRelay.LoadGenerator.Tests.Janus;

/// <summary>Messages as Janus 1.1.2 sent them; in those with SDP the address is the loopback's.</summary>
internal static class JanusSamples
{
    /// <summary>The handle that all samples are about.</summary>
    public const ulong Handle = 305065114969885;

    public static string Read(string name)
    {
        using var stream = typeof(JanusSamples).Assembly.GetManifestResourceStream($"{name}.json")
            ?? throw new ArgumentException($"There is no sample {name}.", nameof(name));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Trim();
    }
}
