using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Tests.Overlays.MessagePack;

public sealed class MessagePackTests
{
    [Fact]
    public void Writer_EveryVector_GivesTheSameBytes()
    {
        foreach (var vector in MessagePackVectors.Values)
        {
            var buffer = new ArrayBufferWriter<byte>();
            Write(new MessagePackWriter(buffer), vector.GetProperty("kind").GetString()!, vector.GetProperty("value"));
            Assert.Equal(vector.GetProperty("hex").GetString(), Convert.ToHexStringLower(buffer.WrittenSpan));
        }
    }

    [Fact]
    public void Reader_EveryVector_GivesTheSameValueAndNothingIsLeft()
    {
        foreach (var vector in MessagePackVectors.Values)
        {
            var reader = new MessagePackReader(MessagePackVectors.Bytes(vector.GetProperty("hex")));
            AssertReads(ref reader, vector.GetProperty("kind").GetString()!, vector.GetProperty("value"));
            Assert.True(reader.IsAtEnd);
        }
    }

    [Fact]
    public void Reader_EveryVectorCutAtEveryLength_IsRefusedWithoutMoving()
    {
        foreach (var vector in MessagePackVectors.Values)
        {
            var bytes = MessagePackVectors.Bytes(vector.GetProperty("hex"));
            for (var length = 0; length < bytes.Length; length++)
            {
                var reader = new MessagePackReader(bytes.AsSpan(0, length));
                Assert.False(reader.TrySkip());
                Assert.Equal(length, reader.Remaining);
            }
        }
    }

    [Fact]
    public void Writer_WidestHeaders_SameAsVectors()
    {
        foreach (var vector in MessagePackVectors.Large)
        {
            var buffer = new ArrayBufferWriter<byte>();
            WriteLarge(
                new MessagePackWriter(buffer), vector.GetProperty("kind").GetString()!,
                vector.GetProperty("length").GetInt32());

            Assert.Equal(vector.GetProperty("total").GetInt32(), buffer.WrittenCount);
            Assert.Equal(vector.GetProperty("start").GetString(), Convert.ToHexStringLower(buffer.WrittenSpan[..8]));
            var reader = new MessagePackReader(buffer.WrittenSpan);
            Assert.True(reader.TrySkip());
            Assert.True(reader.IsAtEnd);
        }
    }

    [Fact]
    public void Reader_RandomBytes_NeverThrows()
    {
        var random = new Random(20200616);
        var bytes = new byte[64];
        for (var i = 0; i < 100_000; i++)
        {
            random.NextBytes(bytes);
            var reader = new MessagePackReader(bytes.AsSpan(0, random.Next(bytes.Length)));
            while (reader.TrySkip())
            {
                Assert.True(reader.Remaining < bytes.Length);
            }
        }
    }

    [Fact]
    public void TrySkip_DeeperThanAllowed_False()
    {
        var nested = Enumerable.Repeat((byte)0x91, MessagePackReader.MaxDepth + 1).Append((byte)0xc0).ToArray();

        Assert.False(new MessagePackReader(nested).TrySkip());
        Assert.True(new MessagePackReader(nested.AsSpan(1)).TrySkip());
    }

    [Theory]
    [InlineData("dd7fffffff")] // array of 2^31-1
    [InlineData("df7fffffff00")] // map of 2^31-1
    [InlineData("dbffffffff61")] // string of 2^32-1
    public void TrySkip_MoreAnnouncedThanThere_False(string hex)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex));

        Assert.False(reader.TrySkip());
        Assert.False(reader.TryReadArrayHeader(out _));
        Assert.False(reader.TryReadMapHeader(out _));
        Assert.False(reader.TryReadUtf8(out _));
    }

    [Theory]
    [InlineData("cb3ff0000000000000")] // 1.0
    [InlineData("ff")] // -1
    [InlineData("a131")] // "1"
    public void TryReadUInt64_NotAnUnsignedInteger_False(string hex) =>
        Assert.False(new MessagePackReader(Convert.FromHexString(hex)).TryReadUInt64(out _));

    private static void Write(MessagePackWriter writer, string kind, JsonElement value)
    {
        switch (kind)
        {
            case "nil": writer.WriteNil(); break;
            case "boolean": writer.WriteBoolean(value.GetBoolean()); break;
            case "integer" when value.GetString()!.StartsWith('-'): writer.WriteInteger(
                long.Parse(value.GetString()!, CultureInfo.InvariantCulture)); break;
            case "integer": writer.WriteInteger(ulong.Parse(value.GetString()!, CultureInfo.InvariantCulture)); break;
            case "float32": writer.WriteSingle(value.GetSingle()); break;
            case "float64": writer.WriteDouble(value.GetDouble()); break;
            case "string": writer.WriteString(value.GetString()); break;
            case "binary": writer.WriteBinary(MessagePackVectors.Bytes(value)); break;
            case "extension": writer.WriteExtension(
                value.GetProperty("type").GetSByte(), MessagePackVectors.Bytes(value.GetProperty("hex"))); break;
            default: WriteJson(writer, value); break;
        }
    }

    private static void WriteJson(MessagePackWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                writer.WriteArrayHeader(value.GetArrayLength());
                foreach (var element in value.EnumerateArray())
                {
                    WriteJson(writer, element);
                }

                break;
            case JsonValueKind.Object:
                writer.WriteMapHeader(value.EnumerateObject().Count());
                foreach (var property in value.EnumerateObject())
                {
                    writer.WriteString(property.Name);
                    WriteJson(writer, property.Value);
                }

                break;
            case JsonValueKind.Number: writer.WriteInteger(value.GetInt64()); break;
            case JsonValueKind.String: writer.WriteString(value.GetString()); break;
            case JsonValueKind.Null: writer.WriteNil(); break;
            default: writer.WriteBoolean(value.GetBoolean()); break;
        }
    }

    private static void WriteLarge(MessagePackWriter writer, string kind, int length)
    {
        switch (kind)
        {
            case "string": writer.WriteString(new string('z', length)); break;
            case "binary": writer.WriteBinary(new byte[length]); break;
            case "extension": writer.WriteExtension(-7, new byte[length]); break;
            case "array":
                writer.WriteArrayHeader(length);
                for (var i = 0; i < length; i++)
                {
                    writer.WriteNil();
                }

                break;
            default:
                writer.WriteMapHeader(length);
                for (var i = 0; i < length; i++)
                {
                    writer.WriteString($"k{i}");
                    writer.WriteNil();
                }

                break;
        }
    }

    private static void AssertReads(ref MessagePackReader reader, string kind, JsonElement value)
    {
        switch (kind)
        {
            case "nil":
                Assert.True(reader.TryReadNil());
                break;
            case "boolean":
                Assert.True(reader.TryReadBoolean(out var boolean));
                Assert.Equal(value.GetBoolean(), boolean);
                break;
            case "integer":
                AssertReadsInteger(ref reader, BigInteger.Parse(value.GetString()!, CultureInfo.InvariantCulture));
                break;
            case "float32" or "float64":
                Assert.True(reader.TryReadDouble(out var number));
                Assert.Equal(value.GetDouble(), number);
                break;
            case "string":
                Assert.True(reader.TryReadUtf8(out var utf8));
                Assert.Equal(value.GetString(), Encoding.UTF8.GetString(utf8));
                break;
            case "binary":
                Assert.True(reader.TryReadBinary(out var bytes));
                Assert.Equal(value.GetString(), Convert.ToHexStringLower(bytes));
                break;
            case "extension":
                Assert.True(reader.TryReadExtension(out var type, out var data));
                Assert.Equal(
                    (value.GetProperty("type").GetSByte(), value.GetProperty("hex").GetString()),
                    (type, Convert.ToHexStringLower(data)));
                break;
            default:
                AssertReadsJson(ref reader, value);
                break;
        }
    }

    private static void AssertReadsInteger(ref MessagePackReader reader, BigInteger expected)
    {
        var copy = reader;
        Assert.Equal(expected >= 0, copy.TryReadUInt64(out var unsigned));
        Assert.Equal(expected >= 0 ? expected : 0, unsigned);
        copy = reader;
        Assert.Equal(expected <= long.MaxValue, copy.TryReadInt64(out var signed));
        Assert.Equal(expected <= long.MaxValue ? expected : 0, signed);
        Assert.True(reader.TryReadDouble(out var number));
        Assert.Equal(expected >= 0 ? (ulong)expected : (long)expected, number);
    }

    private static void AssertReadsJson(ref MessagePackReader reader, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                Assert.True(reader.TryReadArrayHeader(out var count));
                Assert.Equal(value.GetArrayLength(), count);
                foreach (var element in value.EnumerateArray())
                {
                    AssertReadsJson(ref reader, element);
                }

                break;
            case JsonValueKind.Object:
                Assert.True(reader.TryReadMapHeader(out var pairs));
                Assert.Equal(value.EnumerateObject().Count(), pairs);
                foreach (var property in value.EnumerateObject())
                {
                    Assert.True(reader.TryReadUtf8(out var name));
                    Assert.Equal(property.Name, Encoding.UTF8.GetString(name));
                    AssertReadsJson(ref reader, property.Value);
                }

                break;
            case JsonValueKind.Number:
                Assert.True(reader.TryReadInt64(out var number));
                Assert.Equal(value.GetInt64(), number);
                break;
            case JsonValueKind.String:
                Assert.True(reader.TryReadUtf8(out var text));
                Assert.Equal(value.GetString(), Encoding.UTF8.GetString(text));
                break;
            case JsonValueKind.Null:
                Assert.True(reader.TryReadNil());
                break;
            default:
                Assert.True(reader.TryReadBoolean(out var boolean));
                Assert.Equal(value.GetBoolean(), boolean);
                break;
        }
    }
}
