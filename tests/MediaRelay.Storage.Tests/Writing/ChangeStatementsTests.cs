using System.Runtime.CompilerServices;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Writing;

namespace MediaRelay.Storage.Tests.Writing;

public sealed class ChangeStatementsTests
{
    [Fact]
    public void Write_EveryKindOfChange_IsTaken()
    {
        var kinds = typeof(CommerceChange).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(CommerceChange))).ToList();

        // Without content a writer fails on reading it, which is after it was chosen.
        var refused = kinds.Where(kind =>
            Record.Exception(() => ChangeStatements.Write(
                (CommerceChange)RuntimeHelpers.GetUninitializedObject(kind), new NoSink())) is InvalidOperationException);

        Assert.True(kinds.Count > 10);
        Assert.Empty(refused);
    }

    [Fact]
    public void Upsert_SomeColumnsUpdated_KeyAndTheOthersStay() => Assert.Equal(
        "INSERT INTO t (a, b, c, d) VALUES ($1, $2, $3, $4) ON CONFLICT (a, b) DO UPDATE SET c = excluded.c",
        SqlText.Upsert("t", "a, b, c, d", key: "a, b", updated: "c"));

    [Fact]
    public void Upsert_NothingSaid_AllButTheKeyAreUpdated() => Assert.Equal(
        "INSERT INTO t (a, b, c) VALUES ($1, $2, $3) ON CONFLICT (b) DO UPDATE SET a = excluded.a, c = excluded.c",
        SqlText.Upsert("t", "a, b, c", key: "b"));

    private sealed class NoSink : IStatementSink
    {
        public void Run(string sql, params ReadOnlySpan<SqlValue> values)
        {
        }
    }
}
