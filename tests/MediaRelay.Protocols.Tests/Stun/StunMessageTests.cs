using System.Net;
using System.Text;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;

namespace MediaRelay.Protocols.Tests.Stun;

[Collection(AllocationCollection.Name)]
public sealed class StunMessageTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes(Rfc5769Vectors.Password);

    [Fact]
    public void TryParse_Rfc5769Request_ReturnsAttributes()
    {
        Assert.True(StunMessage.TryParse(Rfc5769Vectors.Request, out var message));
        Assert.Equal(StunMessageType.BindingRequest, message.Type);
        Assert.Equal(new TransactionId(0xb7e7a701bc34d686, 0xfa87dfae), message.TransactionId);
        Assert.Equal("STUN test client", Encoding.UTF8.GetString(message.Software));
        Assert.Equal(Rfc5769Vectors.Username, Encoding.UTF8.GetString(message.Username));
        Assert.Equal(0x6e0001ffu, message.Priority);
        Assert.Equal(0x932ff9b151263b36ul, message.IceControlled);
        Assert.Null(message.IceControlling);
        Assert.False(message.HasUseCandidate);
        Assert.True(message.TryVerifyIntegrity(Key));
        Assert.True(message.TryVerifyFingerprint());
        Assert.False(message.TryVerifyIntegrity("another"u8));
    }

    [Fact]
    public void TryParse_Rfc5769IPv4Response_ReturnsMappedAddress()
    {
        Assert.True(StunMessage.TryParse(Rfc5769Vectors.IPv4Response, out var message));
        Assert.Equal(StunMessageType.BindingSuccess, message.Type);
        Assert.True(message.TryVerifyIntegrity(Key));
        Assert.True(message.TryVerifyFingerprint());
        Assert.True(message.TryReadMappedAddress(out var address));
        Assert.Equal(TransportAddress.From(IPAddress.Parse("192.0.2.1"), 32853), address);
    }

    [Fact]
    public void TryParse_Rfc5769IPv6Response_ReturnsMappedAddress()
    {
        Assert.True(StunMessage.TryParse(Rfc5769Vectors.IPv6Response, out var message));
        Assert.True(message.TryVerifyIntegrity(Key));
        Assert.True(message.TryVerifyFingerprint());
        Assert.True(message.TryReadMappedAddress(out var address));
        Assert.Equal(TransportAddress.From(IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677"), 32853), address);
    }

    [Fact]
    public void Writer_Rfc5769Request_WritesTheSameBytes()
    {
        var buffer = new byte[StunMessageWriter.MaxBindingLength];
        var writer = new StunMessageWriter(
            buffer, StunMessageType.BindingRequest, new TransactionId(0xb7e7a701bc34d686, 0xfa87dfae), paddingByte: 0x20);
        writer.AddSoftware("STUN test client"u8);
        writer.AddPriority(0x6e0001ff);
        writer.AddIceControlled(0x932ff9b151263b36);
        writer.AddUsername("evtj", "h6vY");
        writer.AddIntegrity(Key);
        writer.AddFingerprint();

        Assert.Equal(Rfc5769Vectors.Request, buffer[..writer.Length]);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8:1234:5678:11:2233:4455:6677")]
    public void Writer_Rfc5769Response_WritesTheSameBytes(string address)
    {
        var buffer = new byte[StunMessageWriter.MaxBindingLength];
        var writer = new StunMessageWriter(
            buffer, StunMessageType.BindingSuccess, new TransactionId(0xb7e7a701bc34d686, 0xfa87dfae), paddingByte: 0x20);
        writer.AddSoftware("test vector"u8);
        writer.AddMappedAddress(TransportAddress.From(IPAddress.Parse(address), 32853));
        writer.AddIntegrity(Key);
        writer.AddFingerprint();

        var expected = address.Contains(':', StringComparison.Ordinal) ? Rfc5769Vectors.IPv6Response : Rfc5769Vectors.IPv4Response;
        Assert.Equal(expected, buffer[..writer.Length]);
    }

    [Fact]
    public void Writer_ErrorWithUnknownAttributes_ReadsBack()
    {
        var unknown = default(StunUnknownAttributes);
        unknown.Add(0x7001);
        unknown.Add(0x7002);
        unknown.Add(0x7003);
        var buffer = new byte[StunMessageWriter.MaxBindingLength];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingError, TransactionId.Create());
        writer.AddErrorCode(420, "Unknown Attribute"u8);
        writer.AddUnknownAttributes(unknown);
        writer.AddIntegrity(Key);
        writer.AddFingerprint();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.Equal(420, message.ErrorCode);
        Assert.Equal([0x70, 1, 0x70, 2, 0x70, 3], message.RejectedAttributes.ToArray());
        Assert.True(message.TryVerifyIntegrity(Key));
        Assert.True(message.TryVerifyFingerprint());
    }

    [Fact]
    public void Writer_NominatingRequest_ReadsBack()
    {
        var buffer = new byte[StunMessageWriter.MaxBindingLength];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingRequest, TransactionId.Create());
        writer.AddIceControlling(7);
        writer.AddUseCandidate();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.Equal(7ul, message.IceControlling);
        Assert.True(message.HasUseCandidate);
        Assert.False(message.HasIntegrity);
        Assert.False(message.HasFingerprint);
        Assert.False(message.TryVerifyIntegrity(Key));
        Assert.False(message.TryVerifyFingerprint());
        Assert.False(message.TryReadMappedAddress(out _));
    }

    [Fact]
    public void TryVerify_AnyBitFlipped_Fails()
    {
        for (var bit = 0; bit < Rfc5769Vectors.Request.Length * 8; bit++)
        {
            var altered = Rfc5769Vectors.Request.ToArray();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            if (StunMessage.TryParse(altered, out var message))
            {
                Assert.False(message.TryVerifyIntegrity(Key) && message.TryVerifyFingerprint(), $"bit {bit}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void TryParse_CutAtEveryLength_ReturnsFalse(byte[] vector)
    {
        for (var length = 0; length < vector.Length; length++)
        {
            Assert.False(StunMessage.TryParse(vector.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void TryParse_CutAtEveryLengthWithMatchingHeader_NeverThrows(byte[] vector)
    {
        for (var length = StunMessage.HeaderLength; length < vector.Length; length++)
        {
            var cut = vector[..length];
            cut[2] = 0;
            cut[3] = (byte)(length - StunMessage.HeaderLength);
            if (StunMessage.TryParse(cut, out var message))
            {
                Assert.Equal(0, length % 4);
                Assert.InRange(message.Username.Length + message.Software.Length, 0, length);
                Assert.False(message.TryVerifyFingerprint());
            }
        }
    }

    [Fact]
    public void TryParse_RandomAttributes_NeverThrows()
    {
        var random = new Random(5769);
        var parsed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var message = Rfc5769Vectors.Request.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                message[random.Next(StunMessage.HeaderLength, message.Length)] = (byte)random.Next(256);
            }

            if (StunMessage.TryParse(message, out var read))
            {
                parsed++;
                Assert.False(read.TryVerifyIntegrity(Key) && read.TryVerifyFingerprint() && !message.AsSpan().SequenceEqual(Rfc5769Vectors.Request));
                Assert.InRange(read.UnknownAttributes.Count, 0, StunUnknownAttributes.MaxCount);
                _ = read.TryReadMappedAddress(out _);
            }
        }

        Assert.InRange(parsed, 1, 20_000);
    }

    [Fact]
    public void TryParse_AttributeAfterFingerprint_ReturnsFalse()
    {
        byte[] message = [.. Rfc5769Vectors.Request, 0x80, 0x22, 0, 0];
        message[3] += 4;
        Assert.False(StunMessage.TryParse(message, out _));
    }

    [Fact]
    public void TryParse_AttributeAfterIntegrity_IsIgnored()
    {
        var buffer = new byte[StunMessageWriter.MaxBindingLength];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingRequest, TransactionId.Create());
        writer.AddIntegrity(Key);
        writer.AddUseCandidate();
        writer.AddFingerprint();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.True(message.TryVerifyIntegrity(Key));
        Assert.False(message.HasUseCandidate);
    }

    [Fact]
    public void TryParse_MoreUnknownAttributesThanAreKept_KeepsTheFirst()
    {
        List<byte> message = [0, 1, 0, 48, 0x21, 0x12, 0xa4, 0x42, .. new byte[12]];
        for (byte i = 0; i < 12; i++)
        {
            message.AddRange([0x7f, i, 0, 0]);
        }

        Assert.True(StunMessage.TryParse(message.ToArray(), out var read));
        Assert.Equal(StunUnknownAttributes.MaxCount, read.UnknownAttributes.Count);
        Assert.Equal(0x7f00, read.UnknownAttributes[0]);
    }

    [Fact]
    public void ParseVerifyAndWrite_Repeated_AllocateNothing()
    {
        var buffer = new byte[StunMessageWriter.MaxBindingLength];
        Round(buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            Round(buffer);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Round(byte[] buffer)
        {
            Assert.True(StunMessage.TryParse(Rfc5769Vectors.Request, out var message) && message.TryVerifyIntegrity(Key));
            var writer = new StunMessageWriter(buffer, StunMessageType.BindingSuccess, message.TransactionId);
            writer.AddMappedAddress(TransportAddress.FromIPv4(0x7f000001, 1));
            writer.AddIntegrity(Key);
            writer.AddFingerprint();
        }
    }

    public static TheoryData<byte[]> Vectors() =>
        [Rfc5769Vectors.Request, Rfc5769Vectors.IPv4Response, Rfc5769Vectors.IPv6Response];
}
