namespace MediaRelay.Testing;

/// <summary>What has gone into one direction of a link, and what became of it. Every datagram that went in is in one of the three fates.</summary>
/// <param name="Sent">Datagrams that went in.</param>
/// <param name="SentBytes">Their bytes, without headers of UDP and IP.</param>
/// <param name="Passed">Datagrams that arrive, copies not counted.</param>
/// <param name="PassedBytes">Their bytes.</param>
/// <param name="Lost">Datagrams lost at random.</param>
/// <param name="QueueDropped">Datagrams that found a full queue.</param>
public readonly record struct LinkCounters(long Sent, long SentBytes, long Passed, long PassedBytes, long Lost, long QueueDropped)
{
    public static LinkCounters operator +(LinkCounters left, LinkCounters right) => new(
        left.Sent + right.Sent,
        left.SentBytes + right.SentBytes,
        left.Passed + right.Passed,
        left.PassedBytes + right.PassedBytes,
        left.Lost + right.Lost,
        left.QueueDropped + right.QueueDropped);

    public static LinkCounters operator -(LinkCounters left, LinkCounters right) => new(
        left.Sent - right.Sent,
        left.SentBytes - right.SentBytes,
        left.Passed - right.Passed,
        left.PassedBytes - right.PassedBytes,
        left.Lost - right.Lost,
        left.QueueDropped - right.QueueDropped);

    public override string ToString() =>
        $"{Sent} sent ({SentBytes} bytes), {Passed} passed ({PassedBytes} bytes), {Lost} lost, {QueueDropped} dropped by the queue";
}
