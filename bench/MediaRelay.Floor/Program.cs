using System.Globalization;
using MediaRelay.Floor;

// Usage: MediaRelay.Floor [seconds per line] [gro]
// gro: the viewers' sockets take bursts whole (UDP_GRO), as a network card would.
if (!OperatingSystem.IsLinux() || !GcmKernel.IsSupported)
{
    Console.Error.WriteLine("The floor is measured on Linux with AES-NI and PCLMULQDQ.");
    return 1;
}

var takeBursts = args.Contains("gro", StringComparer.Ordinal);
var numbers = args.Where(argument => argument != "gro").ToList();
var seconds = 3.0;
if (numbers.Count > 1
    || (numbers.Count == 1 && !double.TryParse(numbers[0], NumberStyles.Float, CultureInfo.InvariantCulture, out seconds))
    || seconds is <= 0 or > 600)
{
    Console.Error.WriteLine("Usage: MediaRelay.Floor [seconds per line, at most 600] [gro]");
    return 2;
}

GcmKernel.SelfTest();
Console.WriteLine("GCM self-test ok");
using var viewers = new ViewerSockets(FloorMeasurement.Viewers, takeBursts);
using var measurement = new FloorMeasurement(viewers, TimeSpan.FromSeconds(seconds), Console.Out);
measurement.Run();
return 0;
