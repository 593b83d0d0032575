using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Interactions;
using MediaRelay.Commerce.Reports;

namespace MediaRelay.Server.Reports;

/// <summary>What a room's viewers did since it was last written down. Thread-safe.</summary>
internal sealed class ShowTally
{
    // Items, overlays and codes that are told apart between two writings; an address may carry any code that exists.
    private const int MaxNames = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(ShowSubject, MerchantId, string), long> _counts = [];
    private readonly HashSet<(MerchantId, long)> _overlays = [];
    private long _joins;
    private long _likes;
    private long _comments;
    private long _shares;
    private long _follows;
    private long _favorites;
    private long _addToCarts;
    private long _clicks;

    /// <summary>An overlay was published: clicks that name it count for it. What viewers name otherwise is made up.</summary>
    public void AddOverlay(MerchantId merchant, long seq)
    {
        lock (_gate)
        {
            if (_overlays.Count < MaxNames)
            {
                _overlays.Add((merchant, seq));
            }
        }
    }

    public void AddJoin(MerchantId roomMerchant, RoomId origin, MerchantId? codeMerchant, ShareCode? code)
    {
        lock (_gate)
        {
            _joins++;
            Add(ShowSubject.JoinByOrigin, roomMerchant, origin.Value);
            if (code is { } known && codeMerchant is { } owner)
            {
                Add(ShowSubject.JoinByShareCode, owner, known.Value);
            }
        }
    }

    public void Add(InteractionEvent interaction)
    {
        lock (_gate)
        {
            switch (interaction.Kind)
            {
                case InteractionKind.Like: _likes += interaction.Count; break;
                case InteractionKind.Comment: _comments++; break;
                case InteractionKind.Share: _shares++; break;
                case InteractionKind.Follow: _follows++; break;
                case InteractionKind.Favorite: _favorites++; break;
                case InteractionKind.AddToCart: _addToCarts++; break;
                case InteractionKind.Click: AddClick(interaction); break;
            }
        }
    }

    /// <summary>Takes what was counted, which then counts from nothing.</summary>
    public (ShowSample Sample, IReadOnlyList<ShowCount> Counts) Take(ShowId show, DateTimeOffset now, long viewers)
    {
        lock (_gate)
        {
            var sample = new ShowSample(
                show, now, viewers, _joins, _likes, _comments, _shares, _follows, _favorites, _addToCarts, _clicks);
            ShowCount[] counts = [.. _counts.Select(pair => new ShowCount(show, pair.Key.Item1, pair.Key.Item2, pair.Key.Item3, pair.Value))];
            _counts.Clear();
            _joins = _likes = _comments = _shares = _follows = _favorites = _addToCarts = _clicks = 0;
            return (sample, counts);
        }
    }

    /// <summary>What was taken could not be written: it is taken again later.</summary>
    public void Return(ShowSample sample, IReadOnlyList<ShowCount> counts)
    {
        lock (_gate)
        {
            _joins += sample.Joins;
            _likes += sample.Likes;
            _comments += sample.Comments;
            _shares += sample.Shares;
            _follows += sample.Follows;
            _favorites += sample.Favorites;
            _addToCarts += sample.AddToCarts;
            _clicks += sample.Clicks;
            foreach (var count in counts)
            {
                var key = (count.Subject, count.MerchantId, count.Name);
                _counts[key] = _counts.GetValueOrDefault(key) + count.Count;
            }
        }
    }

    private void AddClick(InteractionEvent click)
    {
        _clicks++;
        if (click is { MerchantId: { } merchant, ItemId: { } item })
        {
            Add(ShowSubject.ClickOnItem, merchant, item.Value);
            if (click.OverlaySeq is { } seq && _overlays.Contains((merchant, seq)))
            {
                Add(ShowSubject.ClickOnOverlay, merchant, seq.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    private void Add(ShowSubject subject, MerchantId merchant, string name)
    {
        var key = (subject, merchant, name);
        if (_counts.TryGetValue(key, out var count) || _counts.Count < MaxNames)
        {
            _counts[key] = count + 1;
        }
    }
}
