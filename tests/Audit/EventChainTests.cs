using Bpc.Core.Audit;
using Bpc.Core.Canonical;

namespace Bpc.Tests.Audit;

public sealed class EventChainTests
{
    private static readonly AuditEvent[] s_chain = Chain(5);

    [Fact]
    public void An_unchanged_chain_holds()
    {
        Assert.Null(EventChain.Verify(s_chain));
        Assert.Null(EventChain.Verify([]));
    }

    public static TheoryData<string, Func<AuditEvent, AuditEvent>> Changes => new()
    {
        { "its payload was changed", row => row with { Payload = "{}" } },
        { "it was changed: its hash is another", row => row with { ActorId = "somebody else" } },
        { "it was changed: its hash is another", row => row with { EventType = "passport_version.revoked" } },
        { "it was changed: its hash is another", row => row with { OccurredAt = row.OccurredAt.AddMicroseconds(1) } },
        { "it was changed: its hash is another", row => row with { Hash = new string('0', 64) } },
        { "it does not name the hash of the event before it", row => row with { PreviousHash = new string('0', 64) } },
        { "it does not name the hash of the event before it", row => row with { PreviousHash = null } },
        { "the event belongs to another aggregate", row => row with { TenantId = Guid.Empty } },
        { "the event belongs to another aggregate", row => row with { AggregateId = Guid.Empty } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_changed_row_is_named(string reason, Func<AuditEvent, AuditEvent> change)
    {
        var rows = s_chain.ToArray();
        rows[2] = change(rows[2]);
        Assert.Equal(new(3, reason), EventChain.Verify(rows));
    }

    [Fact]
    public void A_row_rewritten_with_a_fitting_hash_breaks_the_next_link()
    {
        var rows = s_chain.ToArray();
        var rewritten = rows[1] with { ActorId = "somebody else" };
        rows[1] = rewritten with { Hash = EventChain.Hash(rewritten) };
        Assert.Equal(new(3, "it does not name the hash of the event before it"), EventChain.Verify(rows));
    }

    [Fact]
    public void A_gap_is_named()
    {
        AuditEvent[] without3 = [s_chain[0], s_chain[1], s_chain[3]];
        Assert.Equal(new(4, "version 3 is missing before it"), EventChain.Verify(without3));
        Assert.Equal(new(2, "version 1 is missing before it"), EventChain.Verify(s_chain.Skip(1)));
    }

    [Fact]
    public void Events_in_another_order_are_named()
    {
        AuditEvent[] repeated = [s_chain[0], s_chain[1], s_chain[1], s_chain[2]];
        Assert.Equal(new(2, "it stands where version 3 belongs"), EventChain.Verify(repeated));
        AuditEvent[] swapped = [s_chain[0], s_chain[2], s_chain[1]];
        Assert.Equal(new(3, "version 2 is missing before it"), EventChain.Verify(swapped));
    }

    private static AuditEvent[] Chain(int length)
    {
        var (tenant, aggregate) = (Guid.NewGuid(), Guid.NewGuid());
        var rows = new List<AuditEvent>();
        for (var version = 1; version <= length; version++)
        {
            var payload = JsonValue.Object(("version", version));
            var row = new AuditEvent(
                tenant, "passport_version", aggregate, version, "passport_version.signed",
                new DateTime(2027, 2, 18, 0, 0, version, DateTimeKind.Utc), "api_key:1",
                System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(payload)), CanonicalJson.HashHex(payload),
                rows.LastOrDefault()?.Hash, "");
            rows.Add(row with { Hash = EventChain.Hash(row) });
        }

        return [.. rows];
    }
}
