using System.Runtime.InteropServices;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// GStreamer in this process: loaded and initialised once, on first use. Only worker processes use it.
/// </summary>
internal static unsafe class GstRuntime
{
    private static readonly Lazy<string?> Initialised = new(Initialise);

    /// <summary>What <c>gst_version_string</c> says; null when the library is absent or does not initialise.</summary>
    public static string? Version => Initialised.Value;

    /// <exception cref="CodecException">The library is absent.</exception>
    public static void Require()
    {
        if (Version is null)
        {
            throw new CodecException("GStreamer 1.x is not installed");
        }
    }

    public static bool HasElement(string name)
    {
        if (Version is null)
        {
            return false;
        }

        var factory = Gst.ElementFactoryFind(name);
        if (factory == 0)
        {
            return false;
        }

        Gst.ObjectUnref(factory);
        return true;
    }

    /// <summary>
    /// Tells which properties the installed element has; null when it is not installed or cannot be made.
    /// </summary>
    public static Func<string, bool>? PropertiesOf(string element)
    {
        Require();
        var instance = Gst.ElementFactoryMake(element, name: null);
        if (instance == 0)
        {
            return null;
        }

        // An instance begins with a pointer to its class, which stays when the instance goes.
        var elementClass = *(nint*)instance;
        Gst.ObjectUnref(Gst.ObjectRefSink(instance));
        return property => Gst.ObjectClassFindProperty(elementClass, property) != 0;
    }

    private static string? Initialise()
    {
        // The structures in Gst.cs are those of 64-bit targets; on any other GStreamer counts as absent.
        if (!Environment.Is64BitProcess || !NativeLibrary.TryLoad(Gst.Library, out _))
        {
            return null;
        }

        if (Gst.InitCheck(0, 0, out var error) == 0)
        {
            Gst.ErrorFree(error);
            return null;
        }

        var version = Gst.VersionString();
        var text = Marshal.PtrToStringUTF8((nint)version);
        Gst.Free(version);
        return text;
    }
}
