using System.Text;
using System.Text.Json;
using Bpc.Core;
using Bpc.Core.Canonical;
using JsonNode = System.Text.Json.Nodes.JsonNode;

namespace Bpc.Tests.Canonical;

/// <summary>What holds for every value; a failure names its seed.</summary>
public sealed class CanonicalPropertyTests
{
    private const int Cases = 2_000;
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };
    private static readonly int s_seed = Environment.TickCount;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(s_seed, 4)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Writing_and_reading_is_the_identity(int seed) => ForAll(seed, (value, _) =>
    {
        var bytes = CanonicalJson.Write(value);
        var read = CanonicalReader.ReadCanonical(bytes);
        return read.Equals(value) && CanonicalJson.Write(read).SequenceEqual(bytes);
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_order_of_members_gives_the_same_bytes(int seed) => ForAll(seed, (value, random) =>
        CanonicalJson.Write(random.Shuffled(value)).SequenceEqual(CanonicalJson.Write(value)));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Another_spelling_is_the_same_value_and_not_canonical(int seed) => ForAll(seed, (value, random) =>
    {
        var list = JsonValue.Array(random.Shuffled(value));
        var spelled = Encoding.UTF8.GetBytes(JsonNode.Parse(CanonicalJson.Write(list))!.ToJsonString(s_indented));
        return CanonicalReader.Read(spelled).Equals(list) && Refuses(() => CanonicalReader.ReadCanonical(spelled));
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Damaged_bytes_are_refused_or_are_another_canonical_value(int seed) => ForAll(seed, (value, random) =>
    {
        var damaged = random.Damaged(CanonicalJson.Write(value));
        try
        {
            return CanonicalJson.Write(CanonicalReader.ReadCanonical(damaged)).SequenceEqual(damaged);
        }
        catch (BpcException refused)
        {
            return refused.Code == BpcError.Validation;
        }
    });

    private static void ForAll(int seed, Func<JsonValue, RandomJson, bool> holds)
    {
        var random = new RandomJson(seed);
        for (var i = 0; i < Cases; i++)
        {
            var value = random.Value();
            Assert.True(
                holds(value, random), $"seed {seed}, case {i}: {Encoding.UTF8.GetString(CanonicalJson.Write(value))}");
        }
    }

    private static bool Refuses(Action read)
    {
        try
        {
            read();
            return false;
        }
        catch (BpcException)
        {
            return true;
        }
    }
}
