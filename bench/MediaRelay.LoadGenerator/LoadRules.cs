using System.Net;
using MediaRelay.LoadGenerator.Targets;

namespace MediaRelay.LoadGenerator;

/// <summary>Which options go together.</summary>
internal static class LoadRules
{
    /// <summary>What does not, naming the options, their values and what is allowed; nothing when all do.</summary>
    public static IEnumerable<string> Check(LoadOptions options)
    {
        var isLoopback = options.Server.IsLoopback
            || (IPAddress.TryParse(options.Server.Host, out var address) && IPAddress.IsLoopback(address));
        if (!isLoopback && !options.Anywhere)
        {
            yield return $"--url is '{options.Server}', which is not this machine; --anywhere allows it.";
        }

        foreach (var (option, value) in NeedsMediaRelay(options))
        {
            yield return $"{option} is {value}, but --target is {options.Target}; only {LoadTargets.Default} has it.";
        }

        if (options.Likes > 0 && !options.Data)
        {
            yield return $"--likes is {options.Likes}, but viewers have no channel to like on; --data opens it.";
        }

        if (options.Overlays > 0 && !options.Data)
        {
            yield return $"--overlays is {options.Overlays}, but viewers have no channel to get them on; --data opens it.";
        }

        if (options.Overlays > 0 && options.Rooms < 2)
        {
            yield return $"--overlays is {options.Overlays}, but --rooms is {options.Rooms}; two merchants need 2 rooms at least.";
        }

        if (options.Links > 0 && options.Rooms < 2)
        {
            yield return $"--links is {options.Links}, but --rooms is {options.Rooms}; a link needs 2 rooms at least.";
        }

        if (options is { Churn: > 0, Video: false, Audio: false })
        {
            yield return $"--churn is {options.Churn}, but --no-video and --no-audio leave its hosts with nothing to send.";
        }

        // The window of the one is a time, that of the other a number of visits.
        if (options.Visits > 0 && (options.Churn > 0 || options.Links > 0 || options.HasOrders || options.Storm is not null))
        {
            yield return $"--visits is {options.Visits}; --churn, --links, --orders, --flash and --storm do not go with it.";
        }

        if (options is { TransportFeedback: true, Video: false })
        {
            yield return "--transport-cc is of a picture, and --no-video leaves none.";
        }

        if (options is { Simulcast: true, Video: false })
        {
            yield return "--simulcast is of a picture, and --no-video leaves none.";
        }

        if (options is { Video: false, Audio: false, Data: false })
        {
            yield return "--no-video and --no-audio leave viewers with nothing; --data gives them overlays.";
        }

        if (options is { Video: false, Audio: false, PublishHosts: true })
        {
            yield return "--no-video and --no-audio leave hosts with nothing to send; --hosts none goes with them.";
        }
    }

    private static IEnumerable<(string Option, object Value)> NeedsMediaRelay(LoadOptions options)
    {
        if (options.Target == LoadTargets.Default)
        {
            yield break;
        }

        if (options.Likes > 0)
        {
            yield return ("--likes", options.Likes);
        }

        if (options.Orders > 0)
        {
            yield return ("--orders", options.Orders);
        }

        if (options.Flash is { } flash)
        {
            yield return ("--flash", flash);
        }

        if (options.Overlays > 0)
        {
            yield return ("--overlays", options.Overlays);
        }

        if (options.Links > 0)
        {
            yield return ("--links", options.Links);
        }

        if (options.Churn > 0)
        {
            yield return ("--churn", options.Churn);
        }
    }
}
