namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// The simulcast streams of a section by rid, lowest quality first as a rule (<c>a=simulcast</c>, RFC 8853 §5.1). Of alternatives
/// (<c>1,2</c>) only the first is kept, and the mark of an initially paused stream (<c>~</c>) is dropped: a relay takes what comes.
/// </summary>
public sealed record SimulcastDescription(IReadOnlyList<string> Send, IReadOnlyList<string> Receive)
{
    private const int MostStreams = 32;

    /// <summary>Reads <c>send a;b recv c</c>; false when a direction is missing, repeated or has no stream, or more than 32.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SimulcastDescription simulcast)
    {
        List<string>? send = null;
        List<string>? receive = null;
        simulcast = new SimulcastDescription([], []);
        while (SdpText.TryTakeWord(ref text, out var direction))
        {
            if (!SdpText.TryTakeWord(ref text, out var streams))
            {
                return false;
            }

            var target = new List<string>();
            if (direction is "send" && send is null)
            {
                send = target;
            }
            else if (direction is "recv" && receive is null)
            {
                receive = target;
            }
            else
            {
                return false;
            }

            if (!TryReadStreams(streams, target))
            {
                return false;
            }
        }

        simulcast = new SimulcastDescription(send ?? [], receive ?? []);
        return send is not null || receive is not null;
    }

    public override string ToString()
    {
        var send = Send.Count == 0 ? "" : $"send {string.Join(';', Send)}";
        var receive = Receive.Count == 0 ? "" : $"recv {string.Join(';', Receive)}";
        return send.Length > 0 && receive.Length > 0 ? $"{send} {receive}" : send + receive;
    }

    private static bool TryReadStreams(ReadOnlySpan<char> streams, List<string> target)
    {
        foreach (var range in streams.Split(';'))
        {
            var stream = streams[range];
            var comma = stream.IndexOf(',');
            var rid = (comma < 0 ? stream : stream[..comma]).TrimStart('~');
            if (!SdpText.IsRid(rid) || target.Count == MostStreams)
            {
                return false;
            }

            target.Add(rid.ToString());
        }

        return true;
    }
}
