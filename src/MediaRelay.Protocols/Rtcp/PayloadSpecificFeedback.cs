namespace MediaRelay.Protocols.Rtcp;

/// <summary>Feedback message types of PSFB packets.</summary>
public static class PayloadSpecificFeedback
{
    /// <summary>RFC 4585 §6.3.1.</summary>
    public const int PictureLossIndication = 1;

    /// <summary>RFC 5104 §4.3.1.</summary>
    public const int FullIntraRequest = 4;

    /// <summary>RFC 4585 §6.4: REMB is one of these.</summary>
    public const int ApplicationLayer = 15;
}
