using System.Buffers.Binary;
using System.Net.Sockets;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// A session that a worker plays with itself before it has one: what it mixes comes back as its hosts' picture and sound. Afterwards
/// codecs are loaded and every way of a packet has been compiled, so that a session's start only opens encoders.
/// </summary>
internal sealed class Rehearsal : ILinkHandler
{
    // Code that ran 30 times is compiled again, optimised.
    private const int Pictures = 40;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static readonly MixerSourceSpec[] Sources =
    [
        new(0, "room-0", "merchant-0", "", VideoCodec.H264),
        new(1, "room-1", "merchant-1", "", VideoCodec.Vp8),
    ];

    // A picture for each source in its codec, sound for each, and what viewers would hear.
    private static readonly MixerOutputSpec[] Outputs =
    [
        MixerOutputSpec.Video(0, VideoCodec.H264, portrait: true),
        MixerOutputSpec.Video(1, VideoCodec.Vp8, portrait: true),
        MixerOutputSpec.MixMinus(2, sourceIndex: 0),
        MixerOutputSpec.MixMinus(3, sourceIndex: 1),
        MixerOutputSpec.Program(4),
        MixerOutputSpec.SmallVideo(5, VideoCodec.H264, portrait: true, bitrateKbps: 400),
    ];

    private readonly MixSession _session;
    private readonly Timestamp _end = MixClock.Now + Longest;
    private volatile Exception? _failure;

    private Rehearsal(CodecElements elements, LinkConnection link)
    {
        var spec = new MixerSpec("rehearsal", Sources, Outputs, Layout.Auto) { Elements = elements };
        _session = new MixSession(spec, link, new Random(), failure => _failure = failure);
    }

    /// <summary>Takes one to two seconds; at most five. Threads have the priority of the calling one.</summary>
    /// <exception cref="CodecException">A codec cannot be opened, or gave up.</exception>
    public static void Run(CodecElements elements)
    {
        var (stage, mirror) = Connect();
        using (var link = new LinkConnection(stage))
        using (var back = new LinkConnection(mirror))
        {
            var rehearsal = new Rehearsal(elements, link);
            try
            {
                link.StartSending();
                back.StartSending();
                rehearsal._session.Start();
                back.Receive(rehearsal);
            }
            finally
            {
                rehearsal._session.Dispose();
            }

            if (rehearsal._failure is { } failure)
            {
                throw failure as CodecException ?? new CodecException(failure.Message);
            }
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    bool ILinkHandler.Handle(LinkFrameType type, byte stream, ReadOnlySpan<byte> payload)
    {
        var (source, isVideo) = stream < Sources.Length ? (stream, true) : (stream - Sources.Length, false);
        switch (type)
        {
            case LinkFrameType.OutputRtp when source < Sources.Length:
                _session.OnRtp(source, isVideo, MixClock.Now, payload);
                break;
            case LinkFrameType.OutputMapping when source < Sources.Length:
                var capture = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(payload[sizeof(uint)..]));
                _session.OnMapping(source, isVideo, new RtpTimestamp(BinaryPrimitives.ReadUInt32BigEndian(payload)), capture);
                break;
            case LinkFrameType.SourceKeyFrame:
                _session.RequestKeyFrame(stream);
                break;
        }

        return true;
    }

    string? ILinkHandler.Check(TimeSpan waited)
    {
        var isDone = _session.LiveSources == Sources.Length && _session.GetStats().FramesComposed >= Pictures;
        return isDone || _failure is not null || MixClock.Now >= _end ? "the rehearsal is over" : null;
    }

    private static (Socket Stage, Socket Mirror) Connect()
    {
        var directory = Directory.CreateTempSubdirectory("mediarelay-rehearsal-");
        try
        {
            var address = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "link"));
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(address);
            listener.Listen(1);
            var stage = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            stage.Connect(address);
            return (stage, listener.Accept());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
