using MediaRelay.Protocols.Stun;

namespace MediaRelay.Protocols.Ice;

/// <summary>
/// The transaction ids of the consent requests sent last (RFC 7675 §5.1): each request has its own and is not repeated, so several may
/// be open. 8 requests every 4–6 s cover the 30 s after which consent is lost anyway.
/// </summary>
internal sealed class ConsentChecks
{
    private readonly TransactionId[] _open = new TransactionId[8];
    private int _sent;

    public TransactionId Add()
    {
        var id = TransactionId.Create();
        _open[_sent++ % _open.Length] = id;
        return id;
    }

    /// <summary>True when <paramref name="id"/> is open; an answer closes it.</summary>
    public bool TryClose(TransactionId id)
    {
        var index = Array.IndexOf(_open, id);
        if (index < 0 || id == default)
        {
            return false;
        }

        _open[index] = default;
        return true;
    }
}
