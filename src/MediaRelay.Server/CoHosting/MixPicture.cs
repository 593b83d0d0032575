using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.CoHosting;

/// <summary>One picture that a mixer makes, for all rooms of a codec and orientation, and its small one while a viewer wants that.</summary>
internal sealed class MixPicture(VideoCodec codec, bool isPortrait, MixerLink link, CoHostOptions options)
{
    // Opening an encoder and its key frame cost more than ten seconds of small pictures that nobody looks at.
    private static readonly TimeSpan SmallLinger = TimeSpan.FromSeconds(10);

    private readonly MixBitRates _rates = new(options);
    private Timestamp _smallWantedAt;

    public VideoCodec Codec { get; } = codec;

    public bool IsPortrait { get; } = isPortrait;

    public int Output => MixOutputs.Picture(Codec, IsPortrait);

    public int SmallOutput => MixOutputs.SmallPicture(Codec, IsPortrait);

    /// <summary>The small picture is made.</summary>
    public bool HasSmall { get; private set; }

    /// <summary>Bits per second of the picture.</summary>
    public long BitRate => _rates.Whole;

    /// <summary>What it offers a feed.</summary>
    public MixLayers Layers
    {
        get
        {
            var size = Mixing.Scenes.CanvasSize.For(IsPortrait);
            return new MixLayers(size.Width * size.Height, _rates.Whole, _rates.Small);
        }
    }

    /// <summary>Has a mixer that runs make it.</summary>
    public void Begin() =>
        link.AddOutput(MixerOutputSpec.Video(Output, Codec, IsPortrait) with { BitrateKbps = (int)(_rates.Whole / 1000) });

    /// <summary>No room needs it any more.</summary>
    public void End()
    {
        link.RemoveOutput(Output);
        EndSmall();
    }

    /// <summary>Asks for a key frame of one layer; a small picture that is not made begins with one when it is wanted.</summary>
    public void RequestKeyFrame(Timestamp now, int layer, bool isSmallWanted)
    {
        if (layer == MixSource.Whole)
        {
            link.RequestKeyFrame(Output);
        }
        else if (HasSmall)
        {
            link.RequestKeyFrame(SmallOutput);
        }
        else
        {
            FollowWishes(now, isSmallWanted);
        }
    }

    /// <summary>Makes the small picture while a viewer wants it.</summary>
    public void FollowWishes(Timestamp now, bool isSmallWanted)
    {
        if (isSmallWanted)
        {
            _smallWantedAt = now;
            if (!HasSmall)
            {
                HasSmall = true;
                link.AddOutput(MixerOutputSpec.SmallVideo(SmallOutput, Codec, IsPortrait, (int)(_rates.Small / 1000)));
            }
        }
        else if (now - _smallWantedAt > SmallLinger)
        {
            EndSmall();
        }
    }

    /// <summary>
    /// Lets the bit rates follow what the ways to its viewers carry, in bits per second; the list is sorted. True when one is another one.
    /// </summary>
    public bool FollowEstimates(Timestamp now, List<long> estimates)
    {
        if (!_rates.Update(now, estimates))
        {
            return false;
        }

        link.SetOutputBitrate(Output, (int)(_rates.Whole / 1000));
        if (HasSmall)
        {
            link.SetOutputBitrate(SmallOutput, (int)(_rates.Small / 1000));
        }

        return true;
    }

    private void EndSmall()
    {
        if (HasSmall)
        {
            HasSmall = false;
            link.RemoveOutput(SmallOutput);
        }
    }
}
