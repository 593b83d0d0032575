using MediaRelay.Protocols.Dtls;

namespace MediaRelay.Protocols.Tests.Dtls;

[Collection(AllocationCollection.Name)]
public sealed class EstablishedConnectionAllocationTests
{
    [Fact]
    public void ApplicationData_TenThousandRecordsBothWays_AllocatesNothing()
    {
        using var pair = DtlsPair.Connected();
        var data = new byte[1150];
        var buffer = new byte[2048];
        Exchange(pair, data, buffer, count: 100);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Exchange(pair, data, buffer, count: 10_000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Exchange(DtlsPair pair, byte[] data, byte[] buffer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Carry(pair.Client, pair.Server, data, buffer);
            Carry(pair.Server, pair.Client, data, buffer);
        }
    }

    private static void Carry(DtlsTransport from, DtlsTransport to, byte[] data, byte[] buffer)
    {
        if (!from.TryWriteApplicationData(data)
            || !from.TryWriteDatagram(buffer, out var length)
            || !to.HandleDatagram(DtlsPair.Now, buffer.AsSpan(0, length))
            || !to.TryReadApplicationData(buffer, out length)
            || length != data.Length)
        {
            Assert.Fail("A record was lost.");
        }
    }
}
