using System.ComponentModel;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record MerchantRequest([property: Description("Name that viewers see, 1 to 200 characters.")] string? Name);

internal sealed record MerchantResponse(string MerchantId, string Name);
