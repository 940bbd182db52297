using System.Buffers.Binary;
using System.Security.Cryptography;
using Bpc.Core;
using Bpc.Core.Passports.Qr;

namespace Bpc.Tests.Passports;

public sealed class QrCodeTests
{
    [Theory] // RFC 4648 §10, without padding
    [InlineData("", "")]
    [InlineData("66", "MY")]
    [InlineData("666F", "MZXQ")]
    [InlineData("666F6F", "MZXW6")]
    [InlineData("666F6F62", "MZXW6YQ")]
    [InlineData("666F6F6261", "MZXW6YTB")]
    [InlineData("666F6F626172", "MZXW6YTBOI")]
    public void Base32_is_that_of_rfc_4648(string hex, string text) =>
        Assert.Equal(text, Base32.Encode(Convert.FromHexString(hex)));

    [Fact]
    public void The_text_is_the_version_and_three_hashes_in_base32()
    {
        var text = QrCode.Payload(
            Guid.Parse("0190A0B1-C2D3-7E4F-8A9B-0C1D2E3F4A5B"), new('0', 64), new('f', 64),
            string.Concat(Enumerable.Repeat("00ff", 16)));

        Assert.Equal(
            "BPC1|pv=0190a0b1-c2d3-7e4f-8a9b-0c1d2e3f4a5b|ph=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            + "|pr=777777777777777777777777777777777777777777777777777Q"
            + "|rh=AD7QB7YA74AP6AH7AD7QB7YA74AP6AH7AD7QB7YA74AP6AH7AD7Q",
            text);
    }

    [Fact]
    public async Task An_ordinary_reader_reads_every_picture_to_the_exact_text()
    {
        using var files = new TemporaryFiles();
        var random = new Random(20_270_218);
        var texts = Enumerable.Range(0, 24).Select(_ => Payload(random))
            .Concat(Enumerable.Range(0, 24).Select(i => Link(random, 12 + (i * 20))))
            .Append(Link(random, QrCode.MaxTextBytes)).ToList();

        foreach (var text in texts)
        {
            var read = await Tool.RunAsync(
                "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", files.Write("qr.png", QrCode.Png(text)));
            Assert.Equal(text + "\n", read.Output);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(212)]
    [InlineData(QrCode.MaxTextBytes)]
    public void Every_picture_is_200_by_200_with_a_centred_code_and_a_quiet_zone_of_four_modules(int length)
    {
        var modules = QrCode.Modules(new string('x', length));
        var png = QrCode.Png(new string('x', length));
        var scale = 200 / modules.Length;
        var margin = (200 - (scale * modules.Length)) / 2;

        Assert.Equal(200, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(200, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        Assert.True(scale >= 2, "a module is at least two pixels wide");
        Assert.InRange(200 - (scale * modules.Length) - (2 * margin), 0, 1);
        Assert.All(modules[..4].Concat(modules[^4..]), row => Assert.DoesNotContain(true, row));
        Assert.All(modules, row => Assert.DoesNotContain(true, row[..4].Concat(row[^4..])));
        Assert.Null(QrPng.Mismatch(png, modules));
    }

    [Fact]
    public void The_bpc1_code_is_of_one_size_whatever_its_letters()
    {
        var random = new Random(7);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(65, QrCode.Modules(Payload(random)).Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(QrCode.MaxTextBytes + 1)]
    public void A_text_without_room_is_refused(int length)
    {
        var refusal = Assert.Throws<BpcException>(() => QrCode.Png(new string('x', length)));
        Assert.Equal(BpcError.Validation, refusal.Code);
        Assert.Contains($"has {length}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_beyond_ascii_is_refused() =>
        Assert.Throws<BpcException>(() => QrCode.Png("https://example.org/ü"));

    [Fact]
    public void A_picture_with_any_byte_changed_is_not_the_picture()
    {
        var text = Payload(new Random(1));
        var (modules, png) = (QrCode.Modules(text), QrCode.Png(text));
        for (var i = 0; i < png.Length; i++)
        {
            png[i] ^= 0x20;
            Assert.True(QrPng.Mismatch(png, modules) is not null, $"byte {i}");
            png[i] ^= 0x20;
        }

        Assert.Null(QrPng.Mismatch(png, modules));
        Assert.NotNull(QrPng.Mismatch([.. png, 0], modules));
        Assert.NotNull(QrPng.Mismatch(png.AsSpan(0, png.Length - 1), modules));
        Assert.NotNull(QrPng.Mismatch([], modules));
        Assert.NotNull(QrPng.Mismatch(png, QrCode.Modules(Payload(new Random(2)))));
    }

    [Fact]
    public void A_picture_with_bytes_behind_its_pixels_or_without_their_checksum_is_not_the_picture()
    {
        var text = Payload(new Random(1));
        var (modules, png) = (QrCode.Modules(text), QrCode.Png(text));
        Assert.Null(QrPng.Mismatch(WithPixelData(png, data => data), modules));

        for (var count = 1; count <= 200; count++)
        {
            Assert.True(
                QrPng.Mismatch(WithPixelData(png, data => [.. data, .. new byte[count]]), modules) is not null,
                $"{count} bytes more");
        }

        for (var count = 1; count <= 8; count++)
        {
            Assert.True(
                QrPng.Mismatch(WithPixelData(png, data => data[..^count]), modules) is not null,
                $"{count} bytes fewer");
        }
    }

    /// <summary>The PNG with other bytes in its IDAT, length and checksum to match.</summary>
    internal static byte[] WithPixelData(byte[] png, Func<byte[], byte[]> change)
    {
        const int at = 8 + 25; // behind the signature and IHDR
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
        var data = change(png[(at + 8)..(at + 8 + length)]);
        byte[] chunk = [.. "IDAT"u8, .. data];
        var (count, checksum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(count, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, System.IO.Hashing.Crc32.HashToUInt32(chunk));
        return [.. png[..at], .. count, .. chunk, .. checksum, .. png[(at + 12 + length)..]];
    }

    private static string Payload(Random random) =>
        QrCode.Payload(NewGuid(random), Hash(random), Hash(random), Hash(random));

    private static string Link(Random random, int length)
    {
        const string prefix = "https://e.eu/";
        const string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?=&%";
        return prefix + new string(random.GetItems<char>(letters, Math.Max(1, length - prefix.Length)));
    }

    private static Guid NewGuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new(bytes);
    }

    private static string Hash(Random random) =>
        Convert.ToHexStringLower(SHA256.HashData(NewGuid(random).ToByteArray()));
}
