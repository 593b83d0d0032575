using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>How the installed Chromium is started.</summary>
internal static class ChromiumOptions
{
    private const string Variable = "MEDIARELAY_TEST_CHROMIUM";

    public static BrowserTypeLaunchOptions Create() => new()
    {
        ExecutablePath = Environment.GetEnvironmentVariable(Variable) ?? "/usr/bin/chromium",
        Args =
        [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-fake-device-for-media-stream=fps=30",
            "--use-fake-ui-for-media-stream",
            "--autoplay-policy=no-user-gesture-required",

            // Several pages are open at once; each is to run as if it were in front.
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
            "--disable-background-timer-throttling",

            // A machine without a network has only this interface.
            "--allow-loopback-in-peer-connection",
        ],
    };
}
