using System.Buffers.Binary;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Slates;

/// <summary>Encodes a merchant's slate, in a worker process, so that the relay loads no native codec.</summary>
public static class SlateEncoder
{
    /// <summary>Argument that makes a worker write a slate to its standard output.</summary>
    internal const string Command = "slate";

    private const int Failure = 1;

    // A still needs few bits after its key frame; the key frame itself is bounded by what one second may hold.
    private const int BitrateKbps = 400;

    // 4 MiB: a hundred times a slate.
    private const int MaxOutput = 4 * 1024 * 1024;

    /// <summary>Encodes <paramref name="spec"/> in a worker; takes a few hundred milliseconds.</summary>
    /// <exception cref="MixerStartException">The worker cannot be run, or could not encode.</exception>
    public static async Task<Slate> EncodeAsync(SlateSpec spec, MixerWorkerOptions options, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.StartTimeout);
        var lastError = "it wrote no reason";
        string[] arguments =
        [
            Command,
            spec.Codec.ToString(),
            spec.Portrait ? "portrait" : "landscape",
            spec.Title.Replace("\0", "", StringComparison.Ordinal),
            spec.Elements.EncoderFor(spec.Codec),
            spec.Elements.TextOverlay,
        ];
        using var process = WorkerProcess.Start(options, arguments, readOutput: true, line => lastError = line);
        try
        {
            var data = await ReadAsync(process.Output, limit.Token);
            return Slate.TryParse(data, out var slate) ? slate : throw new MixerStartException($"No slate was encoded: {lastError}");
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new MixerStartException($"No slate was encoded within {options.StartTimeout.TotalSeconds:F0} s.", late);
        }
        finally
        {
            await process.EndAsync(limit.IsCancellationRequested ? TimeSpan.Zero : options.StopTimeout);
        }
    }

    /// <summary>
    /// In the worker: encodes what the arguments say into <paramref name="output"/>. Returns the exit code.
    /// </summary>
    /// <exception cref="CodecException">The encoder is missing.</exception>
    internal static async Task<int> WriteAsync(string[] arguments, Stream output, CancellationToken cancellation)
    {
        if (arguments is not [var codecName, var orientation, var title, var encoder, var overlay]
            || !Enum.TryParse<VideoCodec>(codecName, ignoreCase: true, out var codec))
        {
            await Console.Error.WriteLineAsync("usage: slate CODEC portrait|landscape TITLE ENCODER TEXT-ELEMENT");
            return Failure;
        }

        var elements = new CodecElements { H264Encoder = encoder, Vp8Encoder = encoder, TextOverlay = overlay };
        await using (output)
        {
            await output.WriteAsync(Encode(title, codec, CanvasSize.For(orientation == "portrait"), elements), cancellation);
        }

        return 0;
    }

    /// <summary>
    /// Paints and encodes the loop, each access unit behind its length (u32, big-endian); by software where the configured encoder fails.
    /// </summary>
    /// <exception cref="CodecException">The encoder is missing or gave no access unit for a picture.</exception>
    internal static byte[] Encode(string title, VideoCodec codec, CanvasSize size, CodecElements elements)
    {
        var configured = elements.EncoderFor(codec);
        var software = CodecElements.SoftwareEncoder(codec);
        try
        {
            return Encode(title, codec, size, elements, configured);
        }
        catch (CodecException failure) when (configured != software)
        {
            Console.Error.WriteLine($"a slate is encoded by {software}, because {configured} failed: {failure.Message}");
            return Encode(title, codec, size, elements, software);
        }
    }

    private static byte[] Encode(string title, VideoCodec codec, CanvasSize size, CodecElements elements, string element)
    {
        using var pool = new CanvasPool(size, capacity: 1);
        using var encoder = new VideoEncoder(codec, size, Slate.FrameRate, BitrateKbps, element);
        using var canvas = pool.TryRent() ?? throw new InvalidOperationException("A new pool has no picture.");
        Paint(canvas, title, size, elements);
        var result = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(uint)];
        for (var tick = 0; tick < Slate.Frames; tick++)
        {
            encoder.Encode(canvas, tick);
            if (!encoder.TryTake(out var accessUnit))
            {
                throw new CodecException($"the encoder gave nothing for picture {tick} of a slate");
            }

            using (accessUnit)
            {
                BinaryPrimitives.WriteUInt32BigEndian(length, (uint)accessUnit.Data.Length);
                result.Write(length);
                result.Write(accessUnit.Data);
            }
        }

        return result.ToArray();
    }

    private static void Paint(CanvasPicture canvas, string title, CanvasSize size, CodecElements elements)
    {
        var colour = PictureColour.For(title);
        var composer = new SceneComposer(size)
        {
            Tiles = [new Tile(default, new PixelRect(0, 0, size.Width, size.Height), 0, TileFit.Cover)],
        };
        using var painted = SlatePainter.TryPaint(size, title, colour, elements, out var problem);
        if (problem is not null)
        {
            Console.Error.WriteLine(problem);
        }

        if (painted is null)
        {
            composer.DrawColour(canvas, 0, colour);
        }
        else
        {
            composer.Draw(canvas, 0, painted.View);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var data = new MemoryStream();
        var block = new byte[64 * 1024];
        while (await stream.ReadAsync(block, cancellation) is var count and > 0)
        {
            if (data.Length + count > MaxOutput)
            {
                throw new MixerStartException("The worker wrote more than a slate can be.");
            }

            data.Write(block, 0, count);
        }

        return data.ToArray();
    }
}
