using MediaRelay.Protocols.Network;

namespace MediaRelay.Protocols.Ice;

/// <summary>The paths over which the peer has proved that it knows the password: the 8 used last, most recent first.</summary>
internal sealed class AuthenticatedPaths
{
    /// <summary>A phone has Wi-Fi and mobile in both families; twice that leaves room for addresses that change.</summary>
    public const int Capacity = 8;

    private readonly List<NetworkPath> _paths = new(capacity: 1);

    public int Count => _paths.Count;

    /// <summary>Notes a check on a path; true when the path is new. When full, the one unused longest goes, but never <paramref name="keep"/>.</summary>
    public bool Touch(in NetworkPath path, NetworkPath? keep)
    {
        var index = _paths.IndexOf(path);
        if (index == 0)
        {
            return false;
        }

        if (index > 0)
        {
            _paths.RemoveAt(index);
        }
        else if (_paths.Count == Capacity)
        {
            _paths.RemoveAt(keep is not null && _paths[^1] == keep ? Capacity - 2 : Capacity - 1);
        }

        _paths.Insert(0, path);
        return index < 0;
    }

    public bool HasRemote(in TransportAddress remote)
    {
        foreach (var path in _paths)
        {
            if (path.Remote == remote)
            {
                return true;
            }
        }

        return false;
    }
}
