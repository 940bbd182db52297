using Bpc.Core.Canonical;
using Bpc.Core.Passports.Verifying;

namespace Bpc.Tests.Passports;

/// <summary>Sweeps over every place of a bundle: thorough, and seconds long.</summary>
public sealed class BundleTamperingTests
{
    private static readonly byte[] s_bundle = Sample.BundleBytes();
    private static readonly byte[][] s_trusted = [BundleVerifierTests.PublicKey(1)];

    [Fact]
    public void Changing_any_byte_of_a_bundle_fails_and_names_a_mismatch()
    {
        const int seed = 1542;
        var random = new Random(seed);
        var changed = (byte[])s_bundle.Clone();
        for (var i = 0; i < changed.Length; i++)
        {
            var original = changed[i];
            changed[i] = (byte)((original + random.Next(1, 256)) % 256);
            Assert.True(
                BundleVerifier.Verify(changed, s_trusted).Mismatch is not null,
                $"seed {seed}: byte {i} became {changed[i]} and nobody noticed");
            changed[i] = original;
        }
    }

    [Fact]
    public void Changing_a_letter_to_one_like_it_fails()
    {
        // Random bytes mostly break the JSON; these leave it whole and canonical as often as they can.
        const int seed = 4648;
        var random = new Random(seed);
        var changed = (byte[])s_bundle.Clone();
        for (var i = 0; i < changed.Length; i += random.Next(1, 8))
        {
            var original = changed[i];
            changed[i] = (char)original switch { '9' => (byte)'8', 'z' => (byte)'y', _ => (byte)(original + 1) };
            Assert.True(
                BundleVerifier.Verify(changed, s_trusted).Mismatch is not null,
                $"seed {seed}: byte {i} became {changed[i]}");
            changed[i] = original;
        }
    }

    [Fact]
    public void A_byte_more_or_less_anywhere_fails()
    {
        const int seed = 77;
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var at = random.Next(s_bundle.Length);
            byte[] shorter = [.. s_bundle[..at], .. s_bundle[(at + 1)..]];
            byte[] longer = [.. s_bundle[..at], (byte)(i % 2 == 0 ? ' ' : random.Next(256)), .. s_bundle[at..]];
            Assert.True(
                BundleVerifier.Verify(shorter, s_trusted).Mismatch is not null, $"seed {seed}: without byte {at}");
            Assert.True(
                BundleVerifier.Verify(longer, s_trusted).Mismatch is not null, $"seed {seed}: with one more at {at}");
        }

        Assert.NotNull(BundleVerifier.Verify((byte[])[.. s_bundle, (byte)'\n'], s_trusted).Mismatch);
    }

    [Fact]
    public void Garbage_in_every_place_of_the_bundle_is_reported_and_never_thrown()
    {
        string[] garbage =
            ["null", "true", "-1", "9007199254740991", "\"\"", "\"\\u0000\"", "[]", "{}", "[[{}]]", "{\"\":{}}"];
        foreach (var path in Paths(CanonicalReader.Read(s_bundle), "").Skip(1))
        {
            foreach (var edited in garbage.Select(json => BundleVerifierTests.Edit(s_bundle, path, json))
                .Where(e => !e.SequenceEqual(s_bundle)))
            {
                Assert.NotNull(BundleVerifier.Verify(edited, s_trusted).Mismatch);
            }
        }
    }

    private static IEnumerable<string> Paths(JsonValue value, string path) => value switch
    {
        JsonValue.Record record =>
            record.Members.SelectMany(m => Paths(m.Value, $"{path}/{m.Key}")).Prepend(path.Trim('/')),
        JsonValue.List list => list.Items.SelectMany((item, i) => Paths(item, $"{path}/{i}")).Prepend(path.Trim('/')),
        _ => [path.Trim('/')],
    };
}
