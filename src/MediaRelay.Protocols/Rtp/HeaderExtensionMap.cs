namespace MediaRelay.Protocols.Rtp;

/// <summary>
/// The header extension ids negotiated for one media section (<c>a=extmap</c>, RFC 8285 §5). Built once, then only
/// read.
/// </summary>
public sealed class HeaderExtensionMap
{
    /// <summary>
    /// The id of an extension that was not negotiated; finds nothing when read and adds nothing when written.
    /// </summary>
    public const int Absent = -1;

    private readonly int[] _ids = new int[HeaderExtensions.Count];
    private readonly HeaderExtension?[] _extensions = new HeaderExtension?[byte.MaxValue + 1];

    public HeaderExtensionMap() => Array.Fill(_ids, Absent);

    /// <summary>The negotiated id, 1–255, or <see cref="Absent"/>.</summary>
    public int this[HeaderExtension extension] => _ids[(int)extension];

    /// <summary>The negotiated id of the extension with this uri, or <see cref="Absent"/>.</summary>
    public int GetId(string uri) => HeaderExtensions.TryFromUri(uri, out var extension) ? this[extension] : Absent;

    public bool Has(HeaderExtension extension) => this[extension] != Absent;

    /// <summary>Which extension an id on the wire stands for; false for one that was not negotiated.</summary>
    public bool TryGetExtension(int id, out HeaderExtension extension)
    {
        var found = (uint)id < (uint)_extensions.Length ? _extensions[id] : null;
        extension = found.GetValueOrDefault();
        return found.HasValue;
    }

    /// <summary>
    /// Takes <paramref name="id"/> for an extension. False when the id is outside 1–255, or the id or the extension is
    /// taken already.
    /// </summary>
    public bool TryAdd(int id, HeaderExtension extension)
    {
        if (id is < 1 or > byte.MaxValue || _extensions[id].HasValue || Has(extension))
        {
            return false;
        }

        _extensions[id] = extension;
        _ids[(int)extension] = id;
        return true;
    }

    /// <summary>As the other overload; also false for a uri that we do not know.</summary>
    public bool TryAdd(int id, string uri) => HeaderExtensions.TryFromUri(uri, out var extension) && TryAdd(id, extension);
}
