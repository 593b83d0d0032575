using MediaRelay.Testing.Postgres;

namespace MediaRelay.Storage.Tests.Nights;

/// <summary>Tests that share one PostgreSQL server; one after the other, because some of them end it.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresCollection.Fixture>
{
    public const string Name = "PostgreSQL";

    public sealed class Fixture : IAsyncLifetime
    {
        public PostgresServer Server { get; private set; } = null!;

        public async Task InitializeAsync() => Server = await PostgresServer.StartAsync();

        public async Task DisposeAsync()
        {
            if (Server is not null)
            {
                await Server.DisposeAsync();
            }
        }
    }
}
