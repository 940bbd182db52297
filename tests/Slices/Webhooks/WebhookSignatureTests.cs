using System.Security.Cryptography;
using Bpc.Core.Settings;
using Bpc.Grains.Webhooks;

namespace Bpc.Tests.Slices.Webhooks;

public sealed class WebhookSignatureTests
{
    // The vector of the Standard Webhooks specification and its libraries.
    [Fact]
    public void The_standard_signature_is_the_one_its_libraries_expect() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Standard(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
            "{\"test\": 2432232314}"));

    // printf %s "$body" | openssl dgst -sha256 -hmac "$secret"
    [Fact]
    public void The_body_signature_is_HMAC_SHA256_under_the_secret_as_shown() => Assert.Equal(
        "sha256=45ec03b2b33403c8043a90de06bedad0827183927115fd7e448ef97eeb13c5be",
        WebhookSignature.OfBody("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "{\"a\":1}"u8));

    [Theory]
    [InlineData("a secret of the tenant's own", true)]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("whsec_AAAA", false)]
    [InlineData("whsec_this is not base64 at all!!", false)]
    public void A_secret_that_claims_to_be_a_standard_one_must_be_one(string secret, bool wellFormed) =>
        Assert.Equal(wellFormed, WebhookSignature.IsWellFormed(secret));

    [Fact]
    public void A_stored_secret_opens_only_for_its_endpoint_and_under_its_pepper()
    {
        var (mine, theirs) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        using var secrets = new WebhookSecrets(new BpcSettings { ApiKeyPepper = [1, 2, 3] });
        using var otherPepper = new WebhookSecrets(new BpcSettings { ApiKeyPepper = [4, 5, 6] });

        var stored = secrets.Encrypt(mine, "a secret");

        Assert.Equal("a secret", secrets.Decrypt(mine, stored));
        Assert.NotEqual(stored, secrets.Encrypt(mine, "a secret"));
        Assert.Throws<AuthenticationTagMismatchException>(() => secrets.Decrypt(theirs, stored));
        Assert.Throws<AuthenticationTagMismatchException>(() => otherPepper.Decrypt(mine, stored));
    }
}
