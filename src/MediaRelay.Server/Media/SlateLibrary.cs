using System.Collections.Concurrent;
using System.Threading.Channels;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Slates;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Rooms;

namespace MediaRelay.Server.Media;

/// <summary>
/// The still pictures that rooms show while nobody is live. One without a name comes with the program; one with the merchant's name
/// is encoded in a worker, once per name, orientation and codec, when viewers first see the other one.
/// </summary>
internal sealed partial class SlateLibrary(CodecElements elements, ILogger<SlateLibrary> logger) : BackgroundService
{
    // A slate takes about 20 KB; past this many merchants the unnamed one must do.
    private const int MaxNamed = 2_000;

    private readonly ConcurrentDictionary<(VideoCodec Codec, bool Portrait), Relay.Forwarding.Slate> _generic = new();
    private readonly ConcurrentDictionary<SlateSpec, Relay.Forwarding.Slate> _named = new();
    private readonly Channel<(Room Room, SlateSpec Spec)> _wanted = Channel.CreateBounded<(Room, SlateSpec)>(
        new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly MixerWorkerOptions _worker = MixerWorkerOptions.For(typeof(Program).Assembly);

    /// <summary>The one without a name, which needs no encoder.</summary>
    public Relay.Forwarding.Slate Generic(VideoCodec codec, bool portrait) => _generic.GetOrAdd((codec, portrait), static key =>
        Cut(key.Codec, GenericSlates.Get(key.Codec, key.Portrait)));

    /// <summary>Gives a room the slate with its merchant's name: at once when it is there, else when it is encoded.</summary>
    public void Request(Room room, string merchantName, VideoCodec codec)
    {
        var spec = new SlateSpec(merchantName, codec, room.IsPortrait) { Elements = elements };
        if (_named.TryGetValue(spec, out var known))
        {
            room.SetSlate(known);
        }
        else if (_named.Count < MaxNamed)
        {
            _wanted.Writer.TryWrite((room, spec));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (room, spec) in _wanted.Reader.ReadAllAsync(stoppingToken))
            {
                await GiveAsync(room, spec, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private static Relay.Forwarding.Slate Cut(VideoCodec codec, Slate slate) =>
        Relay.Forwarding.Slate.FromAccessUnits(codec, [.. slate.AccessUnits.Select(unit => unit.ToArray())]);

    private async Task GiveAsync(Room room, SlateSpec spec, CancellationToken stopping)
    {
        try
        {
            if (!_named.TryGetValue(spec, out var slate))
            {
                slate = Cut(spec.Codec, await SlateEncoder.EncodeAsync(spec, _worker, stopping));
                _named[spec] = slate;
            }

            room.SetSlate(slate);
        }
        catch (MixerStartException missing)
        {
            // Without GStreamer the unnamed slate stays; co-hosting says why.
            Log.NotEncoded(logger, room.Id, missing.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Room {Room} keeps the unnamed slate: {Reason}")]
        public static partial void NotEncoded(ILogger logger, string room, string reason);
    }
}
