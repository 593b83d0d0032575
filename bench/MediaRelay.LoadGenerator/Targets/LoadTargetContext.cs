using MediaRelay.Client;

namespace MediaRelay.LoadGenerator.Targets;

/// <summary>What every <see cref="LoadTarget"/> works with.</summary>
/// <param name="Http">Shared, not disposed by the target; its timeout applies.</param>
/// <param name="Peers">Where the peers of the load run.</param>
internal sealed record LoadTargetContext(LoadOptions Options, HttpClient Http, HeadlessPeers Peers);
