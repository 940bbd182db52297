using System.Security.Cryptography;
using System.Text;
using Bpc.Core;
using Bpc.Core.Facts;
using Bpc.Core.Snapshots;

namespace Bpc.Tests.Snapshots;

public sealed class SnapshotSealTests
{
    private static readonly Guid s_id = new("01890A5D-AC96-774B-BCCE-B302099A8057");

    private static readonly Fact[] s_facts =
    [
        new("PCF", "pcf:S1", "{}"u8.ToArray(), "CCCC"),
        new("Component", "component:S1:é", "{}"u8.ToArray(), "BBBB"),
        new("Component", "component:S1:z", "{}"u8.ToArray(), "AAAA"),
        new("battery", "battery:S1", "{}"u8.ToArray(), "0000"),
    ];

    [Fact]
    public void The_bytes_list_the_facts_in_ordinal_order()
    {
        var sealedSnapshot = SnapshotSeal.Seal(s_id, s_facts);
        var expected = string.Concat(
            """{"facts":[{"fact_key":"component:S1:z","fact_type":"Component","payload_hash":"AAAA"},""",
            """{"fact_key":"component:S1:é","fact_type":"Component","payload_hash":"BBBB"},""",
            """{"fact_key":"pcf:S1","fact_type":"PCF","payload_hash":"CCCC"},""",
            """{"fact_key":"battery:S1","fact_type":"battery","payload_hash":"0000"}],""",
            "\"snapshot_id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"snapshot_version\":\"BPC-SNAPSHOT-1\"}");
        Assert.Equal(expected, Encoding.UTF8.GetString(sealedSnapshot.Bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sealedSnapshot.Bytes)), sealedSnapshot.Hash);
    }

    [Fact]
    public void Any_order_of_the_facts_gives_the_same_bytes()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var once = SnapshotSeal.Seal(s_id, s_facts);
        for (var i = 0; i < 50; i++)
        {
            var shuffled = s_facts.ToArray();
            random.Shuffle(shuffled);
            Assert.True(once.Bytes.SequenceEqual(SnapshotSeal.Seal(s_id, shuffled).Bytes), $"seed {seed}");
        }
    }

    [Fact]
    public void Every_pair_of_one_type_and_key_is_named()
    {
        var again = s_facts.Take(2).Select(fact => fact with { PayloadHash = "DDDD" });

        var refused = Assert.Throws<BpcException>(() => SnapshotSeal.Seal(s_id, [.. s_facts, .. again]));

        Assert.Equal(BpcError.Validation, refused.Code);
        Assert.Equal(["Component component:S1:é", "PCF pcf:S1"], refused.Violations.Select(pair => pair.Where));
    }
}
