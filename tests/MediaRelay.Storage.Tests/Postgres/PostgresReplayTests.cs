using MediaRelay.Storage.Tests.Nights;

namespace MediaRelay.Storage.Tests.Postgres;

[Collection(PostgresCollection.Name)]
public sealed class PostgresReplayTests(PostgresCollection.Fixture fixture) : ReplayTests
{
    private protected override async Task<ITestDatabase> CreateDatabaseAsync() => await PostgresDatabase.CreateAsync(fixture.Server);
}
