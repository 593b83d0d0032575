namespace MediaRelay.Relay.Forwarding;

/// <summary>What a feed can show, least wanted first.</summary>
public enum SourceKind
{
    /// <summary>The room's still picture with silence, while nobody is live.</summary>
    Slate,

    /// <summary>The room's own host.</summary>
    Host,

    /// <summary>The composed feed of a co-host session.</summary>
    Mix,
}
