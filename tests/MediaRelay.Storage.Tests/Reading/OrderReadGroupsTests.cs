using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Reading;

namespace MediaRelay.Storage.Tests.Reading;

public sealed class OrderReadGroupsTests
{
    private readonly List<(IReadOnlyList<OrderQuestion> Questions, TaskCompletionSource<IReadOnlyList<StoredOrder>> Answer)> _asked = [];
    private readonly OrderReadGroups _groups;

    public OrderReadGroupsTests() => _groups = new OrderReadGroups(questions =>
    {
        var answer = new TaskCompletionSource<IReadOnlyList<StoredOrder>>();
        _asked.Add((questions, answer));
        return answer.Task;
    });

    [Fact]
    public async Task Read_WhileTwoAreUnderWay_TheNextGatherAndEachGetsItsAnswer()
    {
        var reads = Enumerable.Range(0, 7).Select(ReadAsync).ToList();
        Assert.Equal([1, 1], _asked.Select(call => call.Questions.Count));

        Answer(1);
        Assert.Equal([1, 1, 5], _asked.Select(call => call.Questions.Count));
        Answer(2);
        Answer(0);

        var answers = await Task.WhenAll(reads);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"o{i}"), answers.Select(answer => answer.EventOwner!.Value.Value));
    }

    [Fact]
    public async Task Read_MoreThanAGroupHolds_TheRestGoesNext()
    {
        var reads = Enumerable.Range(0, 302).Select(ReadAsync).ToList();
        Answer(0);
        Answer(1);
        Assert.Equal([1, 1, 200, 100], _asked.Select(call => call.Questions.Count));
        Answer(3);
        Answer(2);

        await Task.WhenAll(reads);
        Assert.Equal(4, _asked.Count);
    }

    [Fact]
    public async Task Read_StoreFails_ThoseWhoAskedFailAndTheNextAskAnew()
    {
        var failed = ReadAsync(0);
        _asked[0].Answer.SetException(new CommerceStoreException("away"));
        await Assert.ThrowsAsync<CommerceStoreException>(() => failed);

        var next = ReadAsync(1);
        Answer(1);

        Assert.Equal("o1", (await next).EventOwner!.Value.Value);
    }

    [Fact]
    public async Task Read_GivenUp_TheOthersOfTheGroupAreAnswered()
    {
        using var cancellation = new CancellationTokenSource();
        var others = new[] { ReadAsync(0), ReadAsync(1) };
        var givenUp = _groups.ReadAsync(Question(2), cancellation.Token);
        var last = ReadAsync(3);

        await cancellation.CancelAsync();
        Answer(0);
        Answer(1);
        Answer(2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        await Task.WhenAll([.. others, last]);
    }

    private static OrderQuestion Question(int i) => new(OrderId.Parse($"o{i}"), null);

    private Task<StoredOrder> ReadAsync(int i) => _groups.ReadAsync(Question(i), CancellationToken.None);

    private void Answer(int call) => _asked[call].Answer.SetResult(
        [.. _asked[call].Questions.Select(question => StoredOrder.Empty with { EventOwner = question.OrderId })]);
}
