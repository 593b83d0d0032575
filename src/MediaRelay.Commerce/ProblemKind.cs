namespace MediaRelay.Commerce;

/// <summary>Why a call was refused; each kind is one HTTP status at the edge.</summary>
public enum ProblemKind
{
    /// <summary>The content breaks a rule that can be seen without any state (400).</summary>
    BadRequest,

    /// <summary>The caller may not do this to what it named (403).</summary>
    Forbidden,

    /// <summary>What the call is about does not exist (404).</summary>
    NotFound,

    /// <summary>The state does not allow it now (409).</summary>
    Conflict,

    /// <summary>The version that the caller knows is not the present one (412).</summary>
    PreconditionFailed,

    /// <summary>Well formed, and contradicting what is known (422).</summary>
    Unprocessable,

    /// <summary>A limit is reached or the store cannot write; worth a retry (503).</summary>
    Unavailable,
}
