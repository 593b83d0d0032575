using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Commerce.State;

/// <summary>
/// The state with those who decide about it; thrown away as a whole when the store fails and memory is ahead of it.
/// </summary>
internal sealed class CommerceCore
{
    public CommerceCore(
        CommerceOptions options, CommerceState state, ClickTokens clickTokens, LiveMomentSource live,
        LedgerSigner? signer)
    {
        State = state;
        ClickTokens = clickTokens;
        Ledgers = new LedgerDesk(state, signer);
        Statements = new StatementDesk(state);
        CoHosts = new CoHostDesk(state, options, Statements);
        Rooms = new RoomDesk(state, options, CoHosts, Statements);
        Shelves = new ShelfDesk(state);
        Shares = new ShareDesk(state);
        Campaigns = new CampaignDesk(state);
        Reports = new ReportDesk(state, live);
        Webhooks = new WebhookDesk(state, options, new WebhookNotices(state, live));
        Orders = new OrderDesk(state, AttributionPolicy.V1, new OrderFacts(state, clickTokens, live, options.ClickWindow));
    }

    public CommerceState State { get; }

    public ClickTokens ClickTokens { get; }

    public RoomDesk Rooms { get; }

    public ShelfDesk Shelves { get; }

    public CoHostDesk CoHosts { get; }

    public CampaignDesk Campaigns { get; }

    public OrderDesk Orders { get; }

    public ShareDesk Shares { get; }

    public LedgerDesk Ledgers { get; }

    public StatementDesk Statements { get; }

    public WebhookDesk Webhooks { get; }

    public ReportDesk Reports { get; }

    /// <summary>A commit failed: what is in memory is not what is kept.</summary>
    public bool IsFaulted { get; set; }
}
