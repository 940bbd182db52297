namespace Bpc.Core.Passports.Verifying;

/// <summary>
/// Which passport a file is of, as signed. One key signs for all tenants, so the tenant says whose it is.
/// </summary>
/// <param name="SigningKey">The 32-byte public key.</param>
public sealed record PassportIdentity(
    string Sku, string SerialNumber, string PassportId, string PassportVersionId, string TenantId, string IssuedAt,
    byte[] SigningKey)
{
    internal static PassportIdentity Of(SignedContent file) => new(
        SignedSteps.Text(file.Payload, "sku"), SignedSteps.Text(file.Payload, "serial_number"),
        SignedSteps.Text(file.Payload, "passport_id"), SignedSteps.Text(file.Payload, "passport_version_id"),
        SignedSteps.Text(file.Receipt, "tenant_id"), SignedSteps.Text(file.Payload, "issued_at"), file.PublicKey);
}
