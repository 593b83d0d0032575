using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// One codec: a few GStreamer elements between two pads of ours. What is pushed runs through the elements on the
/// calling thread and comes out of them into the <see cref="ICodecSink"/> before the push returns, so there is no
/// queue, no clock and no thread that we do not own. One thread at a time.
/// </summary>
internal sealed unsafe class CodecPipeline : IDisposable
{
    /// <summary>
    /// Names of the first and the last element, for elements with more pads than two, whose other pads are to stay
    /// unlinked.
    /// </summary>
    public const string InputName = "input";

    /// <inheritdoc cref="InputName"/>
    public const string OutputName = "output";

    private readonly ICodecSink _sink;
    private readonly string _description;
    private readonly bool _isNamed;
    private readonly nint _bin;
    private readonly nint _bus;
    private readonly nint _inputPad;
    private readonly nint _outputPad;
    private GCHandle _self;
    private Exception? _failure;
    private bool _disposed;

    /// <param name="description">The elements, as <c>gst-launch</c> takes them, with one unlinked sink and one unlinked
    /// source pad, or named.</param>
    /// <param name="inputCaps">Format of what is pushed.</param>
    /// <param name="outputCaps">Formats that the sink takes.</param>
    /// <param name="sink">Receives the output.</param>
    /// <exception cref="CodecException">GStreamer or an element is missing, or an element refuses its
    /// settings.</exception>
    public CodecPipeline(string description, string inputCaps, string outputCaps, ICodecSink sink)
    {
        GstRuntime.Require();
        _sink = sink;
        _description = description;
        _isNamed = description.Contains($"name={InputName} ", StringComparison.Ordinal);
        var bin = Gst.ParseBinFromDescription(description, ghostUnlinkedPads: _isNamed ? 0 : 1, out var error);
        if (bin == 0 || error is not null)
        {
            if (bin != 0)
            {
                Gst.ObjectUnref(Gst.ObjectRefSink(bin));
            }

            throw new CodecException($"'{description}': {Gst.TakeMessage(error)}");
        }

        _bin = Gst.ObjectRefSink(bin);
        _bus = Gst.BusNew();
        Gst.ElementSetBus(_bin, _bus);
        _self = GCHandle.Alloc(this);
        _inputPad = CreatePad("src", Gst.PadSource, inputCaps);
        _outputPad = CreatePad("sink", Gst.PadSink, outputCaps);
        Gst.PadSetChainFunction(_outputPad, &OnChain, 0, 0);
        Gst.PadSetEventFunction(_outputPad, &OnEvent, 0, 0);
        Gst.PadSetQueryFunction(_outputPad, &OnQuery, 0, 0);
        try
        {
            Link();
            Begin(inputCaps);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// What the elements add to every timestamp, in ns: x264enc shifts by 1,000 hours, so that decode times are never
    /// negative.
    /// </summary>
    public ulong OutputStart { get; private set; }

    /// <summary>
    /// Pushes a copy of <paramref name="data"/>. Times are in ns from any start; see <see cref="Gst"/> for the flags.
    /// </summary>
    /// <exception cref="CodecException">The element gave up.</exception>
    public void Push(ReadOnlySpan<byte> data, ulong timestamp, ulong duration, uint flags)
    {
        var buffer = Gst.BufferNewAllocate(0, (nuint)data.Length, 0);
        if (buffer == 0)
        {
            throw new CodecException($"'{_description}': no memory for {data.Length} bytes");
        }

        fixed (byte* source = data)
        {
            Gst.BufferFill(buffer, 0, source, (nuint)data.Length);
        }

        PushBuffer(buffer, timestamp, duration, flags);
    }

    /// <summary>
    /// Pushes memory without a copy; <paramref name="release"/> is called with <paramref name="owner"/>, possibly on
    /// another thread, when no element reads it any more.
    /// </summary>
    /// <exception cref="CodecException">The element gave up.</exception>
    public void PushShared(
        byte* data, int length, nint owner, delegate* unmanaged[Cdecl]<nint, void> release, ulong timestamp, ulong duration)
    {
        const int ReadOnlyMemory = 1 << 1; // GST_MEMORY_FLAG_READONLY
        var buffer = Gst.BufferNewWrapped(ReadOnlyMemory, data, (nuint)length, 0, (nuint)length, owner, release);
        PushBuffer(buffer, timestamp, duration, 0);
    }

    /// <summary>Tells the element that nothing came for this time.</summary>
    /// <exception cref="CodecException">The element gave up.</exception>
    public void PushGap(ulong timestamp, ulong duration)
    {
        Gst.PadPushEvent(_inputPad, Gst.EventNewGap(timestamp, duration));
        ThrowOnFailure(Gst.FlowOk);
    }

    /// <summary>The next picture that is pushed into an encoder becomes a key frame with its headers.</summary>
    public void ForceKeyFrame()
    {
        var structure = Gst.StructureFromString("GstForceKeyUnit, all-headers=(boolean)true", 0);
        Gst.PadPushEvent(_outputPad, Gst.EventNewCustom(Gst.EventCustomUpstream, structure));
    }

    /// <summary>Sets a property of the element with that name in the description, from its text form.</summary>
    public void SetProperty(string element, string property, string value)
    {
        var instance = FindElement(element);
        Gst.UtilSetObjectArg(instance, property, value);
        Gst.ObjectUnref(instance);
    }

    /// <summary>
    /// Sets a property of type string to exactly <paramref name="text"/>, whatever characters it has.
    /// </summary>
    public void SetText(string element, string property, string text)
    {
        const nuint TypeString = 16 << 2; // G_TYPE_STRING
        var instance = FindElement(element);
        var value = default(Gst.Value);
        Gst.ValueInit(&value, TypeString);
        Gst.ValueSetString(&value, text);
        Gst.ObjectSetProperty(instance, property, &value);
        Gst.ValueUnset(&value);
        Gst.ObjectUnref(instance);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Gst.ElementSetState(_bin, Gst.StateNull);
        Gst.PadSetActive(_inputPad, 0);
        Gst.PadSetActive(_outputPad, 0);
        Gst.ObjectUnref(_inputPad);
        Gst.ObjectUnref(_outputPad);
        Gst.ElementSetBus(_bin, 0);
        Gst.ObjectUnref(_bin);
        Gst.ObjectUnref(_bus);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnChain(nint pad, nint parent, nint buffer)
    {
        var pipeline = Of(pad);
        try
        {
            pipeline._sink.OnBuffer(buffer);
            return Gst.FlowOk;
        }
        catch (Exception failure)
        {
            // No exception may pass through native frames; the push that called us throws it.
            pipeline._failure = failure;
            return Gst.FlowError;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnEvent(nint pad, nint parent, nint @event)
    {
        var pipeline = Of(pad);
        var type = *(int*)(@event + Gst.EventTypeOffset);
        if (type == Gst.EventSegment)
        {
            Gst.EventParseSegment(@event, out var segment);
            pipeline.OutputStart = *(ulong*)(segment + Gst.SegmentStartOffset);
        }

        if (type != Gst.EventCaps)
        {
            return Gst.PadEventDefault(pad, parent, @event);
        }

        try
        {
            Gst.EventParseCaps(@event, out var caps);
            return pipeline._sink.OnFormat(Gst.CapsGetStructure(caps, 0)) ? 1 : 0;
        }
        catch (Exception failure)
        {
            pipeline._failure = failure;
            return 0;
        }
        finally
        {
            Gst.MiniObjectUnref(@event);
        }
    }

    // Decoders ask whether we can read pictures with padded rows. Saying yes saves them a copy of every picture.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnQuery(nint pad, nint parent, nint query)
    {
        if (*(int*)(query + Gst.QueryTypeOffset) != Gst.QueryAllocation)
        {
            return Gst.PadQueryDefault(pad, parent, query);
        }

        Gst.QueryAddAllocationMeta(query, Gst.VideoMetaApiType(), 0);
        return 1;
    }

    private static CodecPipeline Of(nint pad) => (CodecPipeline)GCHandle.FromIntPtr(Gst.PadGetElementPrivate(pad)).Target!;

    private nint CreatePad(string name, int direction, string caps)
    {
        var parsed = Gst.CapsFromString(caps);
        if (parsed == 0)
        {
            throw new CodecException($"'{caps}' are no caps");
        }

        var template = Gst.ObjectRefSink(Gst.PadTemplateNew(name, direction, Gst.PadAlways, parsed));
        var pad = Gst.ObjectRefSink(Gst.PadNewFromTemplate(template, name));
        Gst.ObjectUnref(template);
        Gst.MiniObjectUnref(parsed);
        Gst.PadSetElementPrivate(pad, GCHandle.ToIntPtr(_self));
        return pad;
    }

    private void Link()
    {
        var sink = FindPad(InputName, "sink");
        var source = FindPad(OutputName, "src");
        if (sink == 0 || source == 0)
        {
            throw new CodecException($"'{_description}' does not have one input and one output");
        }

        Gst.PadSetActive(_inputPad, 1);
        Gst.PadSetActive(_outputPad, 1);
        var linked = Gst.PadLink(_inputPad, sink) == 0 && Gst.PadLink(source, _outputPad) == 0;
        Gst.ObjectUnref(sink);
        Gst.ObjectUnref(source);
        if (!linked)
        {
            throw new CodecException($"'{_description}' does not take or give the format that is needed");
        }
    }

    private nint FindPad(string element, string pad)
    {
        if (!_isNamed)
        {
            return Gst.ElementGetStaticPad(_bin, pad);
        }

        var instance = FindElement(element);
        var found = Gst.ElementGetStaticPad(instance, pad);
        Gst.ObjectUnref(instance);
        return found;
    }

    private void Begin(string inputCaps)
    {
        if (Gst.ElementSetState(_bin, Gst.StatePlaying) == Gst.StateChangeFailure)
        {
            ThrowOnFailure(Gst.FlowError);
        }

        Gst.PadPushEvent(_inputPad, Gst.EventNewStreamStart("mix"));
        var caps = Gst.CapsFromString(inputCaps);
        Gst.PadPushEvent(_inputPad, Gst.EventNewCaps(caps));
        Gst.MiniObjectUnref(caps);
        var segment = Gst.SegmentNew();
        Gst.SegmentInit(segment, Gst.FormatTime);
        Gst.PadPushEvent(_inputPad, Gst.EventNewSegment(segment));
        Gst.SegmentFree(segment);
    }

    private void PushBuffer(nint buffer, ulong timestamp, ulong duration, uint flags)
    {
        *(ulong*)(buffer + Gst.BufferPtsOffset) = timestamp;
        *(ulong*)(buffer + Gst.BufferDurationOffset) = duration;
        *(uint*)(buffer + Gst.MiniObjectFlagsOffset) |= flags;
        ThrowOnFailure(Gst.PadPush(_inputPad, buffer));
    }

    private void ThrowOnFailure(int flow)
    {
        // Popping with a filter also discards everything else, which nobody reads.
        var message = Gst.BusPopFiltered(_bus, Gst.MessageError);
        if (_failure is { } failure)
        {
            _failure = null;
            Discard(message);
            throw new CodecException($"'{_description}': {failure.Message}", failure);
        }

        if (message != 0)
        {
            Gst.MessageParseError(message, out var error, out var debug);
            Gst.Free(debug);
            Discard(message);
            throw new CodecException($"'{_description}': {Gst.TakeMessage(error)}");
        }

        if (flow != Gst.FlowOk)
        {
            throw new CodecException($"'{_description}': flow return {flow}");
        }
    }

    private static void Discard(nint message)
    {
        if (message != 0)
        {
            Gst.MiniObjectUnref(message);
        }
    }

    private nint FindElement(string name)
    {
        var element = Gst.BinGetByName(_bin, name);
        return element != 0 ? element : throw new CodecException($"'{_description}' has no element named '{name}'");
    }
}
