using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Tests.Shards;

/// <summary>What waits in a wheel comes once, at the end of its slot, and the wheel says when.</summary>
public sealed class SlotWheelTests
{
    private const int SlotMilliseconds = 20;
    private readonly SlotWheel<int> _wheel = new(slotNanoseconds: SlotMilliseconds * 1_000_000, slots: 64);

    [Fact]
    public void NextDue_NothingWaits_IsNever()
    {
        Assert.Equal(Timestamp.Never, _wheel.NextDue);
        Assert.Empty(_wheel.TakeDue(At(1_000)));
        Assert.Equal(Timestamp.Never, _wheel.NextDue);
    }

    [Fact]
    public void TakeDue_WhenNextDueSays_GivesEachOnceAndNoneBeforeItsTime()
    {
        var random = new Random(5);
        var deadlines = Enumerable.Range(0, 300).Select(_ => 1_000 + random.Next(1_200)).ToArray();
        for (var i = 0; i < deadlines.Length; i++)
        {
            Add(1_000, i, deadlines[i]);
        }

        var taken = new List<int>();
        while (_wheel.NextDue is var due && due != Timestamp.Never)
        {
            foreach (var item in _wheel.TakeDue(due))
            {
                // A slot has ended when its deadlines are met; one that has passed already waits for the end of the next.
                Assert.InRange((due - At(deadlines[item])).TotalMilliseconds, 0, SlotMilliseconds);
                taken.Add(item);
            }
        }

        Assert.Equal(Enumerable.Range(0, deadlines.Length), taken.Order());
    }

    [Fact]
    public void Add_EarlierThanWhatWaits_IsTheNextOne()
    {
        Add(1_000, 1, 1_900);
        Assert.Equal(At(1_900), _wheel.NextDue);
        Add(1_000, 2, 1_300);
        Assert.Equal(At(1_300), _wheel.NextDue);
        Assert.Equal([2], _wheel.TakeDue(At(1_310)));
        Assert.Equal(At(1_900), _wheel.NextDue);
    }

    [Fact]
    public void Add_FurtherAwayThanTheWheelIsLong_LiesInTheLastSlot()
    {
        Add(1_000, 1, 60_000);

        Assert.Equal(At(1_000 + (63 * SlotMilliseconds)), _wheel.NextDue);
    }

    [Theory]
    [InlineData(1_281)]
    [InlineData(100_000)]
    public void TakeDue_AfterAPauseOfMoreThanARound_GivesEachOnce(int pause)
    {
        for (var i = 0; i < 100; i++)
        {
            Add(1_000, i, 1_000 + (i * 12));
        }

        Assert.Equal(Enumerable.Range(0, 100), _wheel.TakeDue(At(1_000 + pause)).Order());
        Assert.Equal(Timestamp.Never, _wheel.NextDue);
        Assert.Empty(_wheel.TakeDue(At(200_000)));
    }

    private static Timestamp At(int milliseconds) => Timestamp.FromMilliseconds(milliseconds);

    private void Add(int now, int item, int due) => _wheel.Add(_wheel.SlotOf(At(now), At(due)), item);
}
