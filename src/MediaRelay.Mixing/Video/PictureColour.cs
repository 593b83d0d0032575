namespace MediaRelay.Mixing.Video;

/// <summary>A colour in limited-range BT.709 (luma 16–235).</summary>
internal readonly record struct PictureColour(byte Y, byte U, byte V)
{
    /// <summary>
    /// Behind everything: a dark blue-grey, calm beside any picture and never mistaken for a lost one.
    /// </summary>
    public static readonly PictureColour Background = new(46, 134, 124);

    // Of like darkness, so that white text reads well on each; told apart by hue.
    private static readonly PictureColour[] Calm =
    [
        new(70, 148, 116), // blue
        new(66, 118, 112), // green
        new(70, 124, 146), // plum
        new(74, 108, 138), // brown
        new(68, 138, 108), // teal
        new(72, 140, 138), // violet
    ];

    /// <summary>The calm colour of a merchant's slate: always the same one for the same name.</summary>
    public static PictureColour For(string name)
    {
        var sum = 17u;
        foreach (var character in name)
        {
            sum = (sum * 31) + character;
        }

        return Calm[sum % (uint)Calm.Length];
    }
}
