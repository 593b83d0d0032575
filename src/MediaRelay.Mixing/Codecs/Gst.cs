using System.Runtime.InteropServices;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// The functions of GStreamer 1.x that are used, by their C names. Functions with variable arguments cannot be called
/// from .NET, so strings are parsed instead (<c>gst_caps_from_string</c>, <c>gst_structure_from_string</c>,
/// <c>gst_util_set_object_arg</c>).
/// </summary>
internal static unsafe partial class Gst
{
    public const string Library = "libgstreamer-1.0.so.0";

    private const string VideoLibrary = "libgstvideo-1.0.so.0";
    private const string ObjectLibrary = "libgobject-2.0.so.0";
    private const string BaseLibrary = "libglib-2.0.so.0";

    /// <summary>GST_CLOCK_TIME_NONE.</summary>
    public const ulong NoTime = ulong.MaxValue;

    // GstFlowReturn
    public const int FlowOk = 0;
    public const int FlowError = -5;

    // GstState, GstStateChangeReturn
    public const int StateNull = 1;
    public const int StatePlaying = 4;
    public const int StateChangeFailure = 0;

    // GstPadDirection, GstPadPresence
    public const int PadSource = 1;
    public const int PadSink = 2;
    public const int PadAlways = 0;

    // GstMapFlags, GstMessageType, GstFormat
    public const int MapRead = 1;
    public const int MessageError = 1 << 1;
    public const int FormatTime = 3;

    // GstEventType and GstQueryType: number << 8 | direction flags (gstevent.h, gstquery.h)
    public const int EventCustomUpstream = (270 << 8) | 1;
    public const int EventCaps = (50 << 8) | 2 | 4 | 8;
    public const int EventSegment = (70 << 8) | 2 | 4 | 8;
    public const int QueryAllocation = (140 << 8) | 2 | 4;

    // GstBufferFlags: GST_BUFFER_FLAG_DISCONT, GST_BUFFER_FLAG_DELTA_UNIT
    public const uint BufferDiscont = 1 << 6;
    public const uint BufferDeltaUnit = 1 << 13;

    // Public fields on 64-bit targets, fixed by the 1.x ABI (gstminiobject.h, gstbuffer.h, gstevent.h, gstquery.h,
    // gstsegment.h).
    public const int MiniObjectFlagsOffset = 16;
    public const int BufferPtsOffset = 72;
    public const int BufferDurationOffset = 88;
    public const int EventTypeOffset = 64;
    public const int QueryTypeOffset = 64;
    public const int SegmentStartOffset = 48;

    /// <summary>GstMapInfo.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MapInfo
    {
        public nint Memory;
        public int Flags;
        public byte* Data;
        public nuint Size;
        public nuint MaxSize;
        private nint _user0;
        private nint _user1;
        private nint _user2;
        private nint _user3;
        private nint _reserved0;
        private nint _reserved1;
        private nint _reserved2;
        private nint _reserved3;
    }

    /// <summary>The public part of GstVideoMeta.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct VideoMeta
    {
        public int MetaFlags;
        public nint Info;
        public nint Buffer;
        public int Flags;
        public int Format;
        public int Id;
        public uint Width;
        public uint Height;
        public uint Planes;
        public fixed ulong Offset[4];
        public fixed int Stride[4];
    }

    /// <summary>GError.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Error
    {
        public uint Domain;
        public int Code;
        public byte* Message;
    }

    /// <summary>GValue.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Value
    {
        public nuint Type;
        public ulong Data0;
        public ulong Data1;
    }

    [LibraryImport(Library, EntryPoint = "gst_init_check")]
    public static partial int InitCheck(nint argc, nint argv, out Error* error);

    [LibraryImport(Library, EntryPoint = "gst_version_string")]
    public static partial byte* VersionString();

    [LibraryImport(Library, EntryPoint = "gst_element_factory_find", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ElementFactoryFind(string name);

    [LibraryImport(Library, EntryPoint = "gst_element_factory_make", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ElementFactoryMake(string factory, string? name);

    [LibraryImport(ObjectLibrary, EntryPoint = "g_object_class_find_property", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ObjectClassFindProperty(nint objectClass, string property);

    [LibraryImport(Library, EntryPoint = "gst_parse_bin_from_description", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ParseBinFromDescription(string description, int ghostUnlinkedPads, out Error* error);

    [LibraryImport(Library, EntryPoint = "gst_bin_get_by_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BinGetByName(nint bin, string name);

    [LibraryImport(Library, EntryPoint = "gst_object_ref_sink")]
    public static partial nint ObjectRefSink(nint instance);

    [LibraryImport(Library, EntryPoint = "gst_object_unref")]
    public static partial void ObjectUnref(nint instance);

    [LibraryImport(Library, EntryPoint = "gst_mini_object_ref")]
    public static partial nint MiniObjectRef(nint instance);

    [LibraryImport(Library, EntryPoint = "gst_mini_object_unref")]
    public static partial void MiniObjectUnref(nint instance);

    [LibraryImport(Library, EntryPoint = "gst_element_set_state")]
    public static partial int ElementSetState(nint element, int state);

    [LibraryImport(Library, EntryPoint = "gst_element_get_static_pad", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ElementGetStaticPad(nint element, string name);

    [LibraryImport(Library, EntryPoint = "gst_element_set_bus")]
    public static partial void ElementSetBus(nint element, nint bus);

    [LibraryImport(Library, EntryPoint = "gst_bus_new")]
    public static partial nint BusNew();

    [LibraryImport(Library, EntryPoint = "gst_bus_pop_filtered")]
    public static partial nint BusPopFiltered(nint bus, int types);

    [LibraryImport(Library, EntryPoint = "gst_message_parse_error")]
    public static partial void MessageParseError(nint message, out Error* error, out byte* debug);

    [LibraryImport(Library, EntryPoint = "gst_caps_from_string", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CapsFromString(string caps);

    [LibraryImport(Library, EntryPoint = "gst_caps_get_structure")]
    public static partial nint CapsGetStructure(nint caps, uint index);

    [LibraryImport(Library, EntryPoint = "gst_structure_get_int", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StructureGetInt(nint structure, string field, out int value);

    [LibraryImport(Library, EntryPoint = "gst_structure_get_string", StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* StructureGetString(nint structure, string field);

    [LibraryImport(Library, EntryPoint = "gst_structure_from_string", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint StructureFromString(string structure, nint end);

    [LibraryImport(Library, EntryPoint = "gst_pad_template_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint PadTemplateNew(string name, int direction, int presence, nint caps);

    [LibraryImport(Library, EntryPoint = "gst_pad_new_from_template", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint PadNewFromTemplate(nint template, string name);

    [LibraryImport(Library, EntryPoint = "gst_pad_set_element_private")]
    public static partial void PadSetElementPrivate(nint pad, nint data);

    [LibraryImport(Library, EntryPoint = "gst_pad_get_element_private")]
    public static partial nint PadGetElementPrivate(nint pad);

    [LibraryImport(Library, EntryPoint = "gst_pad_set_chain_function_full")]
    public static partial void PadSetChainFunction(
        nint pad, delegate* unmanaged[Cdecl]<nint, nint, nint, int> chain, nint data, nint notify);

    [LibraryImport(Library, EntryPoint = "gst_pad_set_event_function_full")]
    public static partial void PadSetEventFunction(
        nint pad, delegate* unmanaged[Cdecl]<nint, nint, nint, int> handler, nint data, nint notify);

    [LibraryImport(Library, EntryPoint = "gst_pad_set_query_function_full")]
    public static partial void PadSetQueryFunction(
        nint pad, delegate* unmanaged[Cdecl]<nint, nint, nint, int> handler, nint data, nint notify);

    [LibraryImport(Library, EntryPoint = "gst_pad_event_default")]
    public static partial int PadEventDefault(nint pad, nint parent, nint @event);

    [LibraryImport(Library, EntryPoint = "gst_pad_query_default")]
    public static partial int PadQueryDefault(nint pad, nint parent, nint query);

    [LibraryImport(Library, EntryPoint = "gst_pad_set_active")]
    public static partial int PadSetActive(nint pad, int active);

    [LibraryImport(Library, EntryPoint = "gst_pad_link")]
    public static partial int PadLink(nint source, nint sink);

    [LibraryImport(Library, EntryPoint = "gst_pad_push")]
    public static partial int PadPush(nint pad, nint buffer);

    [LibraryImport(Library, EntryPoint = "gst_pad_push_event")]
    public static partial int PadPushEvent(nint pad, nint @event);

    [LibraryImport(Library, EntryPoint = "gst_event_new_stream_start", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint EventNewStreamStart(string streamId);

    [LibraryImport(Library, EntryPoint = "gst_event_new_caps")]
    public static partial nint EventNewCaps(nint caps);

    [LibraryImport(Library, EntryPoint = "gst_event_parse_caps")]
    public static partial void EventParseCaps(nint @event, out nint caps);

    [LibraryImport(Library, EntryPoint = "gst_event_new_segment")]
    public static partial nint EventNewSegment(nint segment);

    [LibraryImport(Library, EntryPoint = "gst_event_parse_segment")]
    public static partial void EventParseSegment(nint @event, out nint segment);

    [LibraryImport(Library, EntryPoint = "gst_event_new_gap")]
    public static partial nint EventNewGap(ulong timestamp, ulong duration);

    [LibraryImport(Library, EntryPoint = "gst_event_new_custom")]
    public static partial nint EventNewCustom(int type, nint structure);

    [LibraryImport(Library, EntryPoint = "gst_segment_new")]
    public static partial nint SegmentNew();

    [LibraryImport(Library, EntryPoint = "gst_segment_init")]
    public static partial void SegmentInit(nint segment, int format);

    [LibraryImport(Library, EntryPoint = "gst_segment_free")]
    public static partial void SegmentFree(nint segment);

    [LibraryImport(Library, EntryPoint = "gst_query_add_allocation_meta")]
    public static partial void QueryAddAllocationMeta(nint query, nuint api, nint parameters);

    [LibraryImport(Library, EntryPoint = "gst_buffer_new_allocate")]
    public static partial nint BufferNewAllocate(nint allocator, nuint size, nint parameters);

    [LibraryImport(Library, EntryPoint = "gst_buffer_new_wrapped_full")]
    public static partial nint BufferNewWrapped(
        int memoryFlags, byte* data, nuint maxSize, nuint offset, nuint size, nint userData, delegate* unmanaged[Cdecl]<nint, void> notify);

    [LibraryImport(Library, EntryPoint = "gst_buffer_fill")]
    public static partial nuint BufferFill(nint buffer, nuint offset, byte* source, nuint size);

    [LibraryImport(Library, EntryPoint = "gst_buffer_map")]
    public static partial int BufferMap(nint buffer, MapInfo* info, int flags);

    [LibraryImport(Library, EntryPoint = "gst_buffer_unmap")]
    public static partial void BufferUnmap(nint buffer, MapInfo* info);

    [LibraryImport(VideoLibrary, EntryPoint = "gst_video_meta_api_get_type")]
    public static partial nuint VideoMetaApiType();

    [LibraryImport(VideoLibrary, EntryPoint = "gst_buffer_get_video_meta")]
    public static partial VideoMeta* BufferGetVideoMeta(nint buffer);

    [LibraryImport(Library, EntryPoint = "gst_util_set_object_arg", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void UtilSetObjectArg(nint instance, string name, string value);

    [LibraryImport(ObjectLibrary, EntryPoint = "g_object_set_property", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void ObjectSetProperty(nint instance, string name, Value* value);

    [LibraryImport(ObjectLibrary, EntryPoint = "g_value_init")]
    public static partial Value* ValueInit(Value* value, nuint type);

    [LibraryImport(ObjectLibrary, EntryPoint = "g_value_set_string", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void ValueSetString(Value* value, string text);

    [LibraryImport(ObjectLibrary, EntryPoint = "g_value_unset")]
    public static partial void ValueUnset(Value* value);

    [LibraryImport(BaseLibrary, EntryPoint = "g_error_free")]
    public static partial void ErrorFree(Error* error);

    [LibraryImport(BaseLibrary, EntryPoint = "g_free")]
    public static partial void Free(void* memory);

    /// <summary>The message of <paramref name="error"/>, which is freed.</summary>
    public static string TakeMessage(Error* error)
    {
        if (error is null)
        {
            return "unknown error";
        }

        var message = Marshal.PtrToStringUTF8((nint)error->Message) ?? "unknown error";
        ErrorFree(error);
        return message;
    }
}
