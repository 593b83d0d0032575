using System.Diagnostics.Metrics;
using MediaRelay.Protocols.Drops;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Shards;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.Media;

/// <summary>The relay's own counts, read from its loops once per scrape: no metric is touched on the packet path.</summary>
internal sealed class RelayMetrics
{
    private readonly MediaHost _media;

    public RelayMetrics(IMeterFactory factory, MediaHost media)
    {
        _media = media;
        var meter = factory.CreateRelayMeter();
        meter.CreateObservableGauge("relay_rooms", () => _media.Relay.RoomCount, description: "Rooms that the relay holds state for.");
        meter.CreateObservableGauge("hosts", () => _media.Relay.Rooms.Count(room => room.IsLive), description: "Rooms with a host who is live.");
        meter.CreateObservableGauge("viewers", () => _media.Relay.Rooms.Sum(room => room.ViewerCount), description: "Viewer sessions.");
        meter.CreateObservableGauge("sessions", () => _media.Relay.SessionCount, description: "Sessions of hosts and viewers.");
        meter.CreateObservableGauge(
            "sessions_half_open", () => _media.Relay.HalfOpenCount, description: "Sessions that were answered and are not connected yet.");
        meter.CreateObservableGauge("feeds", Feeds, description: "Rooms by what their feed shows (slate, host, mix).");
        meter.CreateObservableCounter(
            "feed_switches_total", () => _media.Relay.Rooms.Sum(room => room.Feed.Switches),
            description: "Source switches of the feeds of present rooms.");
        Counter(meter, "packets_received_total", "RTP packets received from hosts.", c => c.RtpPacketsReceived);
        Counter(meter, "bytes_received_total", "RTP bytes received from hosts, after decryption.", c => c.RtpBytesReceived);
        Counter(meter, "packets_sent_total", "RTP packets sent to viewers, resends among them.", c => c.RtpPacketsSent);
        Counter(meter, "bytes_sent_total", "SRTP bytes sent to viewers.", c => c.RtpBytesSent);
        Counter(meter, "packets_resent_total", "RTP packets sent again after a NACK.", c => c.PacketsResent);
        Counter(meter, "padding_bytes_sent_total", "RTP padding that made a picture's packets equally long.", c => c.PaddingBytesSent);
        Counter(meter, "probe_bytes_sent_total", "Padding that asked whether a viewer's path carries more.", c => c.ProbeBytesSent);
        Counter(meter, "layer_switches_total", "Viewers that changed to another encoding of a simulcast.", c => c.LayerSwitches);
        Counter(meter, "packets_paused_total", "Packets of encodings that nobody watches, not passed on.", c => c.PacketsPaused);
        Counter(meter, "rtcp_packets_received_total", "RTCP compound packets received.", c => c.RtcpPacketsReceived);
        Counter(meter, "rtcp_packets_sent_total", "RTCP compound packets sent.", c => c.RtcpPacketsSent);
        Counter(meter, "nack_received_total", "Packets that viewers asked for again.", c => c.NacksReceived);
        Counter(meter, "nack_unanswered_total", "Of these, packets that are no longer kept or never arrived.", c => c.NacksUnanswered);
        Counter(meter, "nack_limited_total", "Of these, repeats beyond the limit per packet.", c => c.NacksLimited);
        Counter(
            meter, "nack_over_budget_total", "Of these, packets not sent again because resends had half of the viewer's path.",
            c => c.NacksOverBudget);
        Counter(
            meter, "nack_given_up_total", "Of these, packets of an encoding that a viewer's path became much too narrow for.",
            c => c.NacksGivenUp);
        Counter(meter, "nack_sent_total", "NACK messages sent to hosts.", c => c.NacksSent);
        Counter(meter, "key_frame_requests_received_total", "PLI and FIR received from viewers.", c => c.KeyFrameRequestsReceived);
        Counter(meter, "key_frame_requests_sent_total", "PLI sent to hosts; at most one a second and host.", c => c.KeyFrameRequestsSent);
        Counter(meter, "data_messages_sent_total", "Messages sent on data channels.", c => c.DataMessagesSent);
        Counter(meter, "data_messages_received_total", "Messages received on data channels.", c => c.DataMessagesReceived);
        Counter(meter, "loop_datagrams_forwarded_total", "Datagrams that reached another loop than their session's.", c => c.DatagramsForwarded);
        Counter(meter, "loop_hand_overs_dropped_total", "Packets dropped because a loop's inbox was full.", c => c.HandOversDropped);
        meter.CreateObservableGauge(
            "loop_hand_over_backlog", () => PerLoop(i => (double)_media.Shards[i].HandOverBacklog),
            description: "Packets in a loop's inbox; the bound is 32768.");
        meter.CreateObservableCounter(
            "loop_busy_seconds_total", () => PerLoop(i => _media.Loops[i].BusyTime.TotalSeconds), description: "Time that a loop worked.");
        meter.CreateObservableCounter(
            "loop_turns_total", () => PerLoop(i => (double)_media.Loops[i].Turns),
            description: "Turns of a loop: how often it woke, or went on without a wait.");
        meter.CreateObservableGauge(
            "loop_longest_turn_seconds", () => PerLoop(i => _media.Loops[i].TakeLongestTurn().TotalSeconds),
            description: "A loop's longest turn since the last scrape.");
        meter.CreateObservableCounter("udp_datagrams_total", Datagrams, description: "Datagrams on the media port, by direction.");
        meter.CreateObservableCounter(
            "udp_send_errors_total", () => _media.Loops.Sum(loop => loop.Socket.SendErrors), description: "Datagrams that the kernel refused.");
        meter.CreateObservableCounter(
            "udp_send_queue_drops_total", () => _media.Loops.Sum(loop => loop.Socket.SendQueueDrops),
            description: "Datagrams dropped because the send queue stayed full.");
        meter.CreateObservableCounter(
            "udp_send_calls_total", () => _media.Loops.Sum(loop => loop.Socket.SendCalls), description: "System calls that sent.");
        meter.CreateObservableCounter(
            "udp_messages_sent_total", () => _media.Loops.Sum(loop => loop.Socket.MessagesSent),
            description: "Messages handed to the kernel; one carries a run of datagrams where the socket segments.");
        meter.CreateObservableCounter(
            "udp_segmentation_failures_total", () => _media.Loops.Sum(loop => loop.Socket.SegmentationFailures),
            description: "Runs that the kernel refused and that were sent singly.");
        meter.CreateObservableCounter(
            "udp_receive_drops_total", () => _media.Loops.Sum(loop => loop.Socket.ReceiveDrops),
            description: "Datagrams that arrived and were too long to take.");
        meter.CreateObservableCounter(
            "udp_receive_queue_drops_total", () => PerLoop(i => (double)_media.Loops[i].Socket.ReceiveQueueDrops),
            description: "Datagrams that the kernel dropped because a loop's receive queue was full.");
        meter.CreateObservableGauge(
            "loop_lag_seconds", () => PerLoop(i => _media.Loops[i].Lag(_media.Clock.Now).TotalSeconds),
            description: "How long a datagram can have waited for its loop in the last half second.");
        meter.CreateObservableCounter("packets_dropped_total", Drops, description: "What peers sent and was dropped, by reason.");
        meter.CreateObservableGauge(
            "packet_buffers_in_use", () => _media.Pool.Outstanding, description: "Packet buffers rented from the pool.");
    }

    private void Counter(Meter meter, string name, string description, Func<RelayCounters, long> read) =>
        meter.CreateObservableCounter(name, () => _media.Shards.Sum(shard => read(shard.Counters)), description: description);

    private IEnumerable<Measurement<double>> PerLoop(Func<int, double> read)
    {
        for (var i = 0; i < _media.Shards.Count; i++)
        {
            yield return new Measurement<double>(read(i), KeyValuePair.Create<string, object?>("loop", i));
        }
    }

    private IEnumerable<Measurement<long>> Feeds() => Enum.GetValues<SourceKind>().Select(kind => new Measurement<long>(
        _media.Relay.Rooms.Count(room => room.Feed.ActiveKind == kind), KeyValuePair.Create<string, object?>("shows", SnakeCase.Of(kind))));

    private IEnumerable<Measurement<long>> Datagrams()
    {
        yield return new Measurement<long>(
            _media.Loops.Sum(loop => loop.Socket.DatagramsReceived), KeyValuePair.Create<string, object?>("direction", "in"));
        yield return new Measurement<long>(
            _media.Loops.Sum(loop => loop.Socket.DatagramsSent), KeyValuePair.Create<string, object?>("direction", "out"));
    }

    private IEnumerable<Measurement<long>> Drops() => Enum.GetValues<DropReason>().Select(reason => new Measurement<long>(
        _media.Shards.Sum(shard => shard.Drops[reason]), KeyValuePair.Create<string, object?>("reason", SnakeCase.Of(reason))));
}
