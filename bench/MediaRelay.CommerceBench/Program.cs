using MediaRelay.CommerceBench;

// share-codes [CODES]            codes in memory: bytes each, p99 of finding one, how long a start takes to read them
// leaderboard [ORDERS/S] [SECONDS]   how old a board is while orders come, and what looking at it costs
switch (args)
{
    case ["share-codes"]:
        return await ShareCodeBench.RunAsync(1_000_000);
    case ["share-codes", var given] when int.TryParse(given, out var codes) && codes is >= 1000 and <= 10_000_000:
        return await ShareCodeBench.RunAsync(codes);
    case ["leaderboard"]:
        return await LeaderboardBench.RunAsync(1000, 20);
    case ["leaderboard", var given, var length] when int.TryParse(given, out var rate) && rate is >= 1 and <= 20_000
        && int.TryParse(length, out var seconds) && seconds is >= 1 and <= 3600:
        return await LeaderboardBench.RunAsync(rate, seconds);
    default:
        await Console.Error.WriteLineAsync("share-codes [1000 to 10000000] | leaderboard [1 to 20000 orders/s] [1 to 3600 s]");
        return 2;
}
