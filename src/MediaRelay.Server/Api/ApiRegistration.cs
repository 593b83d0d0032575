using MediaRelay.Commerce.Webhooks.Data;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Api.Endpoints;

namespace MediaRelay.Server.Api;

/// <summary>The REST API under <c>/v1</c>.</summary>
internal static class ApiRegistration
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        // The description must show the names and rules that the calls follow.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, WebhookJson.Default);
        });
        return services.AddApiDescription();
    }

    public static void MapApi(this WebApplication app)
    {
        app.MapOpenApi();
        MerchantEndpoints.Map(app);
        RoomEndpoints.Map(app);
        ShelfEndpoints.Map(app);
        SpotlightEndpoints.Map(app);
        CoHostEndpoints.Map(app);
        HandOffEndpoints.Map(app);
        OverlayEndpoints.Map(app);
        DrawEndpoints.Map(app);
        OrderEndpoints.Map(app);
        LedgerEndpoints.Map(app);
        LedgerProofEndpoints.Map(app);
        StatementEndpoints.Map(app);
        ShareCodeEndpoints.Map(app);
        ReportEndpoints.Map(app);
        WebhookEndpoints.Map(app);
        NodeEndpoints.Map(app);
        app.MapDevLinks();
    }
}
