namespace MediaRelay.Commerce;

/// <summary>Makes outcomes where the language allows no implicit conversion: from interfaces.</summary>
public static class Outcome
{
    public static Outcome<T> Of<T>(T value) => Outcome<T>.From(value);
}
