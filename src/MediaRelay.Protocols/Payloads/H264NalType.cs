namespace MediaRelay.Protocols.Payloads;

/// <summary>NAL unit types: ITU-T H.264 table 7-1, and the structures that RFC 6184 §5.2 adds.</summary>
public enum H264NalType : byte
{
    Unspecified = 0,
    Slice = 1,
    IdrSlice = 5,
    SupplementalEnhancement = 6,
    SequenceParameterSet = 7,
    PictureParameterSet = 8,
    AccessUnitDelimiter = 9,
    EndOfSequence = 10,
    EndOfStream = 11,
    FillerData = 12,
    SubsetSequenceParameterSet = 15,

    /// <summary>Several NAL units in one packet.</summary>
    StapA = 24,

    /// <summary>A fragment of a NAL unit.</summary>
    FuA = 28,
}
