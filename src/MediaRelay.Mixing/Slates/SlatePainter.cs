using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Slates;

/// <summary>Paints a title in white on a colour, by GStreamer's text element: a slate, or what a name plate is cut from.</summary>
internal static class SlatePainter
{
    private const string ElementName = "text";

    // Longer names would not be read anyway, and shaping text costs time that a merchant must not decide.
    private const int MaxTitleLength = 80;

    /// <summary>
    /// Paints a picture of <paramref name="size"/>, which the caller disposes. Null when the text element is missing or
    /// fails, with the reason in <paramref name="problem"/>: then a plain tile in <paramref name="colour"/> has to do.
    /// </summary>
    public static DecodedPicture? TryPaint(
        CanvasSize size, string title, PictureColour colour, CodecElements elements, out string? problem)
    {
        // A name of 12 letters fills about three quarters of the width.
        var font = Math.Clamp(Math.Min(size.Width, size.Height) / 13, 12, 96);
        return TryPaint(size, title, colour, elements, font, "halignment=center line-alignment=center", out problem);
    }

    /// <summary>
    /// The same in one line from the left edge on, in letters of <paramref name="font"/> pixels; what does not fit is cut off.
    /// </summary>
    public static DecodedPicture? TryPaintLine(
        CanvasSize size, string title, PictureColour colour, CodecElements elements, int font, out string? problem) =>
        TryPaint(size, title.ReplaceLineEndings(" "), colour, elements, font, "halignment=left xpad=0 wrap-mode=none", out problem);

    private static DecodedPicture? TryPaint(
        CanvasSize size, string title, PictureColour colour, CodecElements elements, int font, string arrangement, out string? problem)
    {
        problem = null;
        if (!GstRuntime.HasElement(elements.TextOverlay))
        {
            problem = $"slates have no text: the element '{elements.TextOverlay}' is missing";
            return null;
        }

        var format = new PictureFormat(size.Width, size.Height);
        var painted = new PictureSink(format);
        try
        {
            using var pipeline = new CodecPipeline(
                $"capsfilter name={CodecPipeline.InputName} caps=video/x-raw ! {elements.TextOverlay} name={ElementName} {arrangement} valignment=center " +
                "auto-resize=false draw-shadow=false draw-outline=false ! " +
                $"capsfilter name={CodecPipeline.OutputName}",
                $"video/x-raw,format=I420,width={size.Width},height={size.Height},framerate=0/1,colorimetry=bt709",
                "video/x-raw",
                painted);
            pipeline.SetText(ElementName, "font-desc", $"Sans Bold {font}px");
            pipeline.SetText(ElementName, "text", EscapeMarkup(title));
            pipeline.Push(PaintPlain(format, colour), 0, Gst.NoTime, 0);
            return painted.Take();
        }
        catch (CodecException failure)
        {
            problem = $"slates have no text: {failure.Message}";
            return null;
        }
        finally
        {
            painted.Take()?.Dispose();
        }
    }

    private static byte[] PaintPlain(PictureFormat format, PictureColour colour)
    {
        var chroma = format.VOffset - format.UOffset;
        var plain = new byte[format.VOffset + chroma];
        plain.AsSpan(0, format.UOffset).Fill(colour.Y);
        plain.AsSpan(format.UOffset, chroma).Fill(colour.U);
        plain.AsSpan(format.VOffset).Fill(colour.V);
        return plain;
    }

    // The element reads Pango markup: a merchant's name must stay a name.
    private static string EscapeMarkup(string title)
    {
        var cut = title.Length > MaxTitleLength ? title[..MaxTitleLength] : title;
        var valid = string.Concat(cut.EnumerateRunes().Where(rune => !System.Text.Rune.IsControl(rune) || rune.Value == '\n'));
        return valid.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
    }

    private sealed class PictureSink(PictureFormat format) : ICodecSink
    {
        private DecodedPicture? _picture;

        public bool OnFormat(nint structure) => PictureFormat.TryRead(structure, out var given) && (given.Width, given.Height) == (format.Width, format.Height);

        public void OnBuffer(nint buffer)
        {
            _picture?.Dispose();
            _picture = DecodedPicture.TryTake(buffer, format);
        }

        public DecodedPicture? Take()
        {
            var picture = _picture;
            _picture = null;
            return picture;
        }
    }
}
