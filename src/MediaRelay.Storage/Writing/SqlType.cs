namespace MediaRelay.Storage.Writing;

/// <summary>Type of a parameter, as the columns have them.</summary>
internal enum SqlType
{
    Integer,
    NullInteger,
    Text,
    Blob,
}
