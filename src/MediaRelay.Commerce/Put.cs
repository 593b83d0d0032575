namespace MediaRelay.Commerce;

/// <summary>What stands after a PUT, and whether it stood there before.</summary>
public readonly record struct Put<T>(T Value, bool IsCreated);
