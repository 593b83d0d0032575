namespace MediaRelay.Commerce.Shelves;

/// <summary>The item after a change and the shelf it now belongs to.</summary>
public sealed record ShelfChange(ShelfItem Item, Shelf Shelf, bool IsCreated);
