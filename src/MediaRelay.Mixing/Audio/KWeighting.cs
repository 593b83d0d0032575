namespace MediaRelay.Mixing.Audio;

/// <summary>The K-weighting of one channel at 48 kHz: the head's shelf and the low cut (ITU-R BS.1770-4 Annex 1).</summary>
internal struct KWeighting
{
    // Below this nothing is heard, and arithmetic with numbers near zero costs a hundred times more.
    private const double Nothing = 1e-15;

    private double _shelf1;
    private double _shelf2;
    private double _cut1;
    private double _cut2;

    /// <summary>The weighted sample.</summary>
    public double Filter(double sample)
    {
        var shelf = (1.53512485958697 * sample) + _shelf1;
        _shelf1 = (-2.69169618940638 * sample) + (1.69065929318241 * shelf) + _shelf2;
        _shelf2 = (1.19839281085285 * sample) - (0.73248077421585 * shelf);
        var cut = shelf + _cut1;
        _cut1 = (-2 * shelf) + (1.99004745483398 * cut) + _cut2;
        _cut2 = shelf - (0.99007225036621 * cut);
        return cut;
    }

    /// <summary>Lets a tail end that nobody hears; now and then.</summary>
    public void Settle()
    {
        if (Math.Abs(_shelf1) + Math.Abs(_shelf2) + Math.Abs(_cut1) + Math.Abs(_cut2) < Nothing)
        {
            this = default;
        }
    }
}
