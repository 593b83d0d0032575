using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport;

/// <summary>
/// What a <see cref="DatagramLoop"/> drives, always on the loop's own thread: first every waiting datagram, then one
/// <see cref="Process"/> that may write to many peers. So the receive queue is empty before any loop over viewers starts; a queue
/// that overflows loses the same packet for everyone (janus-gateway#568).
/// </summary>
public abstract class DatagramLoopHandler
{
    /// <summary>When <see cref="Process"/> wants to be called although nothing arrives.</summary>
    public abstract Timestamp NextTimeout { get; }

    /// <summary>Takes one datagram; the buffer now belongs to the handler. Only cheap work: decrypt, count, queue.</summary>
    public abstract void HandleDatagram(Timestamp now, PacketBuffer datagram, in NetworkPath path);

    /// <summary>Runs timers and commands and writes what is to be sent.</summary>
    public abstract void Process(Timestamp now, NtpTime wallClock, DatagramWriter output);

    /// <summary>What <see cref="Process"/> wrote was handed to the kernel.</summary>
    public virtual void HandleFlushed(Timestamp now)
    {
    }
}
