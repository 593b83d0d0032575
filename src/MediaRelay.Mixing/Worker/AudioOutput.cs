using MediaRelay.Mixing.Audio;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Mixing.Worker;

/// <summary>One encoded sound stream: the program or a mix-minus. Used by the audio thread only.</summary>
internal sealed class AudioOutput : IDisposable
{
    private static readonly PayloadType OpusPayloadType = new(111);

    private readonly AudioEncoder _encoder;
    private readonly RtpOutput _rtp;
    private readonly Limiter _limiter = new();
    private readonly float[] _mix = new float[AudioEncoder.Frames * 2];
    private readonly short[] _samples = new short[AudioEncoder.Frames * 2];

    /// <exception cref="CodecException">The encoder cannot be opened.</exception>
    public AudioOutput(MixerOutputSpec spec, MixerSpec session, LinkConnection link, Random random)
    {
        Spec = spec;
        _encoder = new AudioEncoder(session.AudioBitrateKbps, session.Elements);
        _rtp = new RtpOutput(link, spec.Index, OpusPayloadType, random);
    }

    public MixerOutputSpec Spec { get; }

    /// <summary>
    /// Mixes 20 ms of all sources but the one at <paramref name="except"/> (−1: none), encodes and sends them.
    /// </summary>
    /// <exception cref="CodecException">The encoder gave up.</exception>
    public void Send(ReadOnlySpan<float[]> sources, int except, RtpTimestamp timestamp, bool isFirst)
    {
        AudioMixer.Mix(sources, except, _mix);
        _limiter.Process(_mix, _samples);
        var packet = _encoder.Encode(_samples);
        if (packet.IsEmpty)
        {
            return;
        }

        packet.CopyTo(_rtp.PayloadSpace);

        // RFC 7587 §4.1 with RFC 3551 §4.1: the marker begins a talkspurt, and ours never pauses.
        _rtp.Send(packet.Length, marker: isFirst, timestamp, isMoreComing: false);
    }

    public void Dispose() => _encoder.Dispose();
}
