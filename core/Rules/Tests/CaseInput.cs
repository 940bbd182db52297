using Bpc.Core.Canonical;
using Bpc.Core.Facts;
using Bpc.Core.Passports;
using Bpc.Core.Rules.Evaluate;

namespace Bpc.Core.Rules.Tests;

/// <summary>
/// Makes the input of a case from the values of its variables; what a case leaves out has these defaults.
/// </summary>
internal sealed class CaseInput
{
    public const string DefaultSku = "SKU-1";
    public const string DefaultCategory = BatteryCategories.Ev;
    public const string DefaultSerialNumber = "SN-1";

    /// <summary>The day from which batteries need a passport.</summary>
    public static readonly DateOnly DefaultIssuedOn = new(2027, 2, 18);

    public static readonly RuleInput Empty = new(DefaultSku, DefaultCategory, DefaultSerialNumber, DefaultIssuedOn, []);

    public CompiledExpression? Sku { get; set; }

    public CompiledExpression? Category { get; set; }

    public CompiledExpression? SerialNumber { get; set; }

    public CompiledExpression? IssuedOn { get; set; }

    public List<(CompiledExpression Type, CompiledExpression Key, Func<Evaluation, JsonValue> Payload)> Facts { get; } =
        [];

    public RuleInput Make(Evaluation variables)
    {
        var facts = Facts.ConvertAll(fact =>
        {
            var payload = CanonicalJson.Write(fact.Payload(variables));
            return new Fact(Text(fact.Type, "", variables), Text(fact.Key, "", variables), payload,
                CanonicalJson.HashHex(payload));
        });
        var repeated = facts.GroupBy(fact => (fact.FactType, fact.FactKey)).FirstOrDefault(group => group.Count() > 1);
        return repeated is not null
            ? throw RuleFailure.Assert(
                "FACT_REPEATED", $"two facts {repeated.Key.FactType} '{repeated.Key.FactKey}'; a snapshot has one")
            : new(Text(Sku, DefaultSku, variables), Text(Category, DefaultCategory, variables),
                Text(SerialNumber, DefaultSerialNumber, variables),
                IssuedOn is null ? DefaultIssuedOn : ((DateValue)IssuedOn(variables).Value).Value, facts);
    }

    /// <summary>
    /// As documents' facts have it: numbers are decimal texts, and none is a member that is not there.
    /// </summary>
    public static JsonValue Json(Value value) => value switch
    {
        IntValue integer => integer.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ListValue list => JsonValue.Array(list.Items.Select(item => Json(item.Value))),
        RecordValue record => Object(record.Members.Select(m => (m.Name, Json(m.Value.Value)))),
        _ => value.ToJson(),
    };

    public static JsonValue.Record Object(IEnumerable<(string Name, JsonValue Value)> members) =>
        JsonValue.Object(members.Where(member => member.Value is not JsonValue.Null));

    private static string Text(CompiledExpression? expression, string otherwise, Evaluation variables) =>
        expression is null ? otherwise : ((TextValue)expression(variables).Value).Value;
}
