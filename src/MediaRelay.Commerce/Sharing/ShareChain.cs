using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Sharing;

/// <summary>
/// The codes through which something was passed on, the guide's own first. Kept as one text, so that records which hold
/// it are equal when it is.
/// </summary>
public readonly record struct ShareChain
{
    private readonly string? _text;

    private ShareChain(string text) => _text = text;

    public static ShareChain Empty => default;

    /// <summary>The codes with blanks between them, which no code contains; empty for none.</summary>
    public string Text => _text ?? "";

    public ImmutableArray<ShareCode> Codes =>
        [.. Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ShareCode.Parse)];

    public static ShareChain Of(IEnumerable<ShareCode> codes) => new(string.Join(' ', codes.Select(code => code.Value)));

    /// <summary>What <see cref="Text"/> gave.</summary>
    public static ShareChain FromText(string? text) => string.IsNullOrEmpty(text) ? Empty : new ShareChain(text);

    public override string ToString() => Text;
}
