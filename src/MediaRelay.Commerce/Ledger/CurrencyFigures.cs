namespace MediaRelay.Commerce.Ledger;

/// <summary>Sums in minor units of one currency; all are zero or more.</summary>
public sealed record CurrencyFigures(
    string Currency, long GrossMinor, long CancelledMinor, long RefundedMinor, long RedeemedMinor)
{
    public long NetMinor => GrossMinor - CancelledMinor - RefundedMinor;
}
