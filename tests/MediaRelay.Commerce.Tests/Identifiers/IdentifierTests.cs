using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Tests.Identifiers;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("A-b.c_d~9")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void TryParse_UnreservedCharacters_True(string text)
    {
        Assert.True(RoomId.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
        Assert.Equal(id, RoomId.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a%20")]
    [InlineData("ä")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void TryParse_AnythingElse_False(string? text)
    {
        Assert.False(RoomId.TryParse(text, out var id));
        Assert.Equal("", id.Value);
    }

    [Fact]
    public void Parse_Invalid_SaysWhatIsAllowed() =>
        Assert.Contains(
            Identifier.Allowed, Assert.Throws<FormatException>(() => MerchantId.Parse("a b")).Message,
            StringComparison.Ordinal);
}
