using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Bpc.Core.Passports.Qr;

/// <summary>
/// The one PNG shape BPC draws: 200 × 200 px, greyscale of one bit, chunks IHDR, IDAT and IEND alone.
/// </summary>
internal static class QrPng
{
    public const int Side = 200;
    private const int RowBytes = 1 + (Side / 8);   // each row begins with its filter type, 0

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Draws modules (with their quiet zone) as large as whole pixels allow, in the middle.</summary>
    public static byte[] Write(bool[][] modules)
    {
        using var png = new MemoryStream(2048);
        png.Write(Signature);
        Chunk(png, "IHDR"u8, Header());
        Chunk(png, "IDAT"u8, Compress(Pixels(modules)));
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    /// <summary>What stops <paramref name="png"/> from being a picture of these modules, or null.</summary>
    public static string? Mismatch(ReadOnlySpan<byte> png, bool[][] modules)
    {
        if (!png.StartsWith(Signature))
        {
            return "not a PNG";
        }

        var rest = png[Signature.Length..];
        if (!TryChunk(ref rest, "IHDR"u8, out var header) || !header.SequenceEqual(Header()))
        {
            return "the PNG header is not that of a 200 × 200 px greyscale picture of one bit";
        }

        if (!TryChunk(ref rest, "IDAT"u8, out var data)
            || !TryChunk(ref rest, "IEND"u8, out var end) || !end.IsEmpty || !rest.IsEmpty)
        {
            return "the PNG is not IHDR, one IDAT and IEND with right checksums";
        }

        return Decompress(data) is not { } pixels ? "the PNG's pixels do not decompress to 200 rows"
            : pixels.AsSpan().SequenceEqual(Pixels(modules)) ? null : "the picture shows another code";
    }

    private static byte[] Header()
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Side);
        header[8] = 1;   // bits a pixel; then colour type 0 (greyscale), compression 0, filters 0, not interlaced
        return header;
    }

    // Compared as pixels, never as bytes: zlib builds compress the same pixels differently.
    private static byte[] Pixels(bool[][] modules)
    {
        var scale = Side / modules.Length;
        var margin = (Side - (scale * modules.Length)) / 2;
        var pixels = new byte[Side * RowBytes];
        for (var y = 0; y < Side; y++)
        {
            pixels.AsSpan((y * RowBytes) + 1, RowBytes - 1).Fill(0xFF);
        }

        for (var module = 0; module < modules.Length; module++)
        {
            var first = pixels.AsSpan((margin + (module * scale)) * RowBytes, RowBytes);
            DrawRow(first[1..], modules[module], scale, margin);
            for (var copy = 1; copy < scale; copy++)
            {
                first.CopyTo(pixels.AsSpan((margin + (module * scale) + copy) * RowBytes));
            }
        }

        return pixels;
    }

    private static void DrawRow(Span<byte> row, bool[] modules, int scale, int margin)
    {
        for (var module = 0; module < modules.Length; module++)
        {
            var left = margin + (module * scale);
            for (var x = left; modules[module] && x < left + scale; x++)
            {
                row[x / 8] &= (byte)(0xFF ^ (0x80 >> (x % 8)));
            }
        }
    }

    private static byte[] Compress(byte[] pixels)
    {
        using var compressed = new MemoryStream(2048);
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest))
        {
            zlib.Write(pixels);
        }

        return compressed.ToArray();
    }

    private static byte[]? Decompress(ReadOnlySpan<byte> data)
    {
        try
        {
            using var compressed = new ByteByByte(data.ToArray());
            using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
            var pixels = new byte[Side * RowBytes];
            zlib.ReadExactly(pixels);
            return zlib.ReadByte() < 0 && compressed.Position == data.Length ? pixels : null;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }

    // The decompressor takes all it can get, and then nobody knows what it had no use for. Given one byte at a time it
    // stands where its stream ends; one that asks for more has not seen the end.
    private sealed class ByteByByte(byte[] data) : MemoryStream(data)
    {
        public override int Read(byte[] buffer, int offset, int count) => Position < Length
            ? base.Read(buffer, offset, Math.Min(count, 1)) : throw new EndOfStreamException();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(type, data));
        png.Write(number);
    }

    private static bool TryChunk(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> type, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (rest.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - 12)
        {
            return false;
        }

        data = rest.Slice(8, (int)length);
        var holds = rest[4..8].SequenceEqual(type)
            && BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + data.Length)..]) == Checksum(type, data);
        rest = rest[(12 + data.Length)..];
        return holds;
    }

    private static uint Checksum(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(data);
        return crc.GetCurrentHashAsUInt32();
    }
}
