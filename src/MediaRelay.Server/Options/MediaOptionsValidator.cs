using System.Net;

namespace MediaRelay.Server.Options;

internal sealed class MediaOptionsValidator(IConfiguration configuration)
    : SettingsValidator<MediaOptions>(configuration, MediaOptions.Section)
{
    private const int MaxLoops = 256;

    protected override void Check(MediaOptions options, SettingsProblems problems)
    {
        problems.Whole(nameof(options.Port), options.Port, 0, IPEndPoint.MaxPort);
        problems.Whole(nameof(options.Loops), options.Loops, 0, MaxLoops);
        problems.Flag(nameof(options.Segmentation));
        problems.Require(
            IPAddress.TryParse(options.BindAddress, out _),
            nameof(options.BindAddress), options.BindAddress, "an IPv4 or IPv6 address");
        for (var i = 0; i < options.PublicAddresses.Count; i++)
        {
            var entry = options.PublicAddresses[i];
            problems.Require(
                IPEndPoint.TryParse(entry, out var parsed) && !parsed.Address.Equals(IPAddress.Any) && !parsed.Address.Equals(IPAddress.IPv6Any),
                $"{nameof(options.PublicAddresses)}:{i}", entry, "an address that a peer can reach, as address or address:port ([v6]:port)");
        }
    }
}
