using System.Text;
using Bpc.Core.Canonical;
using Bpc.Core.Passports;
using Bpc.Core.Passports.Verifying;

namespace Bpc.Tests.Passports;

public sealed class ViewTests
{
    private readonly SignedPassport _passport = Sample.Sign(Sample.Compiled());
    private readonly byte[][] _trusted = [BundleVerifierTests.PublicKey(1)];

    public static TheoryData<string> Audiences =>
        ["", "public", "public,restricted,authorities", "public,restricted,authorities,legitimate_interest"];

    [Theory, MemberData(nameof(Audiences))]
    public void A_view_verifies_whatever_it_shows_and_says_what_it_hides(string sections)
    {
        string[] shown = sections.Length == 0 ? [] : sections.Split(',');
        var view = Sample.ViewBytes(_passport, shown);
        Assert.True(ViewVerifier.IsView(view));

        var report = ViewVerifier.Verify(view, _trusted);

        Assert.Null(report.Mismatch);
        Assert.True(report.SignerTrusted);
        Assert.Equal(
            SectionNames.All.Except(shown).Select(name => $"section {name}"),
            report.Steps.Where(s => s.Detail == "not shown; its hash is signed").Select(s => s.Name));
        foreach (var hidden in SectionNames.All.Except(shown))
        {
            var salt = ((JsonValue.Record)CanonicalReader.Read(_passport.Sections[hidden]))["salt"]!;
            Assert.DoesNotContain(
                ((JsonValue.Text)salt).Value, Encoding.UTF8.GetString(view), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Changing_any_byte_of_a_view_fails_but_for_whom_it_says_it_was_made()
    {
        var view = Sample.ViewBytes("public", "restricted");
        var audience = view.AsSpan().IndexOf("\"public\","u8);
        for (var i = 0; i < view.Length; i++)
        {
            if (i > audience && i <= audience + "public".Length)
            {
                continue;
            }

            var changed = (byte[])view.Clone();
            changed[i] = changed[i] == (byte)'7' ? (byte)'8' : (byte)'7';
            Assert.True(
                ViewVerifier.Verify(changed, _trusted).Mismatch is not null, $"byte {i} became {(char)changed[i]}");
        }
    }

    [Fact]
    public void A_section_of_another_passport_an_unknown_one_and_another_signer_are_refused()
    {
        var other = Sample.Sign(Sample.Compiled("80.000"));
        var mixed = _passport with { Sections = other.Sections };
        Assert.Equal(
            "section public", ViewVerifier.Verify(Sample.ViewBytes(mixed, ["public"]), _trusted).Mismatch?.Name);

        var unknown = _passport with
        {
            Sections = new Dictionary<string, byte[]> { ["press"] = _passport.Sections["public"] },
        };
        Assert.Equal("view", ViewVerifier.Verify(Sample.ViewBytes(unknown, ["press"]), _trusted).Mismatch?.Name);

        var again = Sample.Sign(Sample.Compiled(), seed: 2);
        Assert.Equal("signer", ViewVerifier.Verify(Sample.ViewBytes(again, ["public"]), _trusted).Mismatch?.Name);
        Assert.Null(ViewVerifier.Verify(Sample.ViewBytes(again, ["public"]), null).SignerTrusted);
        Assert.False(ViewVerifier.IsView(Sample.BundleBytes()));
        Assert.False(ViewVerifier.IsView("nonsense"u8.ToArray()));
    }

    /// <summary>
    /// Somebody sees the public view and knows everything of the authorities' section but one of a thousand values.
    /// </summary>
    [Fact]
    public void A_hidden_value_cannot_be_guessed_from_a_view_without_the_salt()
    {
        var view = (JsonValue.Record)CanonicalReader.Read(Sample.ViewBytes("public"));
        var payload = (JsonValue.Record)view["payload"]!;
        var hidden = ((JsonValue.Text)((JsonValue.Record)payload["sections"]!)["authorities"]!).Value;
        var seen = (JsonValue.Record)((JsonValue.Record)view["sections"]!)["public"]!;
        string[] guessedSalts =
        [
            "", new('0', 32), ((JsonValue.Text)seen["salt"]!).Value,
            SectionWriter.Salt(new byte[32], default, "authorities"),
        ];

        Assert.DoesNotContain(hidden, guessedSalts.SelectMany(Guesses));

        var salt = SectionWriter.Salt(
            Sample.Input.SnapshotSecret, Sample.Input.PassportVersionId, SectionNames.Authorities);
        Assert.Contains(hidden, Guesses(salt)); // the dictionary has the value: only the salt was in the way
    }

    private static IEnumerable<string> Guesses(string salt) => Enumerable.Range(0, 1000).Select(i =>
        CanonicalJson.HashHex(JsonValue.Object(
            ("compliance", JsonValue.Array()),
            ("fields", JsonValue.Object(("report", $"urn:report:{i}"))),
            ("salt", salt))));
}
