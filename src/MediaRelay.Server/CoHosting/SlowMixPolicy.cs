namespace MediaRelay.Server.CoHosting;

/// <summary>What a session does whose mixer gets too little CPU.</summary>
internal enum SlowMixPolicy
{
    /// <summary>Goes on with the pictures that it manages.</summary>
    Keep,

    /// <summary>Makes half as many pictures, evenly, until it has been calm for a while.</summary>
    Halve,

    /// <summary>Stops mixing for a while; the rooms show their own hosts.</summary>
    End,
}
