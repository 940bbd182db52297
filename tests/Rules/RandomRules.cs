namespace Bpc.Tests.Rules;

/// <summary>
/// Writes packages that type-check, from a seed: every operator, function and type of the language, over facts whose
/// values are small, huge, empty or absent.
/// </summary>
internal sealed class RandomRules(int seed)
{
    private const string Facts =
        "facts T { n : Opt(Int), d : Opt(Dec(2)), q : Opt(Qty(kg, 3)), s : Opt(Text), day : Opt(Date), b : Opt(Bool), "
        + "list : Opt(List(Int)), r : Opt(Record{a: Int, z: Opt(Text)}) }";

    private static readonly string[] s_types =
        ["Int", "Dec(2)", "Qty(kg, 3)", "Text", "Date", "Bool", "List(Int)", "Record{a: Int, z: Text}"];

    private static readonly string[] s_values =
        ["0", "1", "-1", "9007199254740991", "-9007199254740991", "7", "100"];

    private readonly Random _random = new(seed);
    private readonly List<(string Path, string Type)> _fields = [];
    private int _names;

    public string Package()
    {
        var source = RuleSamples.Header + Facts + "\n";
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            var (path, type, isOpt) = ($"g{_random.Next(3)}.f{_names++}", OneOf(s_types), _random.Next(3) == 0);
            source += isOpt
                ? $"field {path} : Opt({type}) access restricted{Applies()} = {Opt(type, 4)};\n"
                : $"field {path} : {type} access public cites \"Art. {i}\" = {Of(type, 4)};\n";
            _fields.Add((path, isOpt ? $"Opt({type})" : type));
        }

        return source + $"check c{_names} = {Of("Bool", 3)};\n";
    }

    public Core.Facts.Fact[] Snapshot() => [.. Enumerable.Range(0, _random.Next(5)).Select(i => RuleSamples.Fact(
        "T", $"t{i}", $$"""
        {{{string.Join(",", new[]
        {
            $"\"n\":\"{OneOf(s_values)}\"", $"\"d\":\"{_random.Next(-9, 9)}.5\"", $"\"q\":\"{_random.Next(99)}.125\"",
            "\"s\":\"é☃\\\"\"", "\"day\":\"2027-02-28\"", "\"b\":true", "\"list\":[\"1\",\"2\",\"3\"]",
            "\"r\":{\"a\":\"5\",\"z\":\"x\"}",
        }.Where(_ => _random.Next(3) > 0))}}}
        """))];

    private string Applies() => OneOf(
        "", " applies from 2027-02-18", " applies until 2027-02-18 for EV", $" applies when {Of("Bool", 2)}",
        $" applies from 2020-01-01 for LMT applies when {Of("Bool", 2)} or none");

    /// <summary>An expression of the type.</summary>
    private string Of(string type, int depth)
    {
        var d = depth - 1;
        return depth == 0 ? Leaf(type) : _random.Next(9) switch
        {
            0 => Leaf(type),
            1 => $"(if {Of("Bool", d)} then {Of(type, d)} else {Of(type, d)})",
            2 => Let(type, d),
            3 => $"require({Opt(type, d)}, \"E{d}\", \"missing \" + {Of("Text", d)})",
            4 => $"{Opt(type, d)}.or({Of(type, d)})",
            5 when _fields.FirstOrDefault(f => f.Type == type) is { Path: { } path } => $"field({path})",
            6 => $"[{Of(type, d)}, {Of(type, d)}].fold({Of(type, d)}, (a{_names}, b{_names}) => {Folded(type)})",
            _ => Operator(type, d),
        };
    }

    private string Opt(string type, int depth)
    {
        var d = Math.Max(0, depth - 1);
        var name = $"o{_names++}";
        return _random.Next(depth == 0 ? 2 : 6) switch
        {
            0 => $"some({Of(type, d)})",
            1 => Member(type),
            2 => $"first([{Of(type, d)}].filter({name} => {Of("Bool", d)}))",
            3 => $"{Opt(type, d)}.then({name} => if {Of("Bool", d)} then some({name}) else none)",
            4 => $"both({Opt("Int", d)}, {Opt(type, d)}, (x{name}, {name}) => {name})",
            _ => $"(if {Of("Bool", d)} then {Opt(type, d)} else none)",
        };
    }

    private string Operator(string type, int d) => type switch
    {
        "Int" => OneOf(
            $"({Of("Int", d)} {OneOf("+", "-", "*")} {Of("Int", d)})", $"- {Of("Int", d)}", $"abs({Of("Int", d)})",
            $"sum({Of("List(Int)", d)})", $"count({Of("List(Int)", d)})", $"length({Of("Text", d)})",
            $"year({Of("Date", d)})", $"daysBetween({Of("Date", d)}, {Of("Date", d)})",
            $"int(round({Of("Dec(2)", d)}, 0))", $"max({Of("List(Int)", d)}).or(0)"),
        "Dec(2)" => OneOf(
            $"({Of("Dec(2)", d)} - {Of("Dec(2)", d)})", $"round({Of("Int", d)} / {Of("Int", d)}, 2)",
            $"round({Of("Dec(2)", d)} * {Of("Dec(2)", d)}, 2)", $"dec({Of("Int", d)}, 2)",
            $"round({Of("Qty(kg, 3)", d)} / {Of("Qty(kg, 3)", d)}, 2)"),
        "Qty(kg, 3)" => OneOf(
            $"({Of("Qty(kg, 3)", d)} + {Of("Qty(kg, 3)", d)})", $"({Of("Qty(kg, 3)", d)} * {Of("Int", d)})",
            $"qty(dec({Of("Int", d)}, 3), kg)", $"convert(qty({Of("Int", d)}, g), kg)"),
        "Text" => OneOf(
            $"({Of("Text", d)} + {Of("Text", d)})", $"text({Of("Dec(2)", d)})", $"text({Of("Int", d)})",
            $"join([{Of("Text", d)}], \",\")", "product.category", "item.serial_number"),
        "Bool" => OneOf(
            $"({Of("Bool", d)} {OneOf("and", "or")} {Of("Bool", d)})", $"not ({Of("Bool", d)})",
            $"({Of("Int", d)} {OneOf("<", "<=", "==", "!=", ">", ">=")} {Of("Int", d)})",
            $"({Of("Qty(kg, 3)", d)} >= {Of("Qty(kg, 3)", d)})", $"({Opt("Int", d)} < {Of("Int", d)}).or(false)",
            $"isSome({Opt("Text", d)})", $"isSome(filled({Opt("Text", d)}))",
            $"{Of("List(Int)", d)}.any(v{_names} => v{_names} > {Of("Int", d)})",
            $"startsWith({Of("Text", d)}, {Of("Text", d)})", $"contains({Of("List(Int)", d)}, {Of("Int", d)})"),
        "List(Int)" => OneOf(
            $"[{Of("Int", d)}, {Of("Int", d)}]", $"sort({Of("List(Int)", d)})",
            $"{Of("List(Int)", d)}.map(m{_names} => m{_names} * {Of("Int", d)})",
            $"{Of("List(Int)", d)}.filter(m{_names} => m{_names} > {Of("Int", d)})",
            $"present([{Opt("Int", d)}, none])", "facts(\"T\", \"t\").map(t => t.n.or(0))",
            $"{Of("List(Int)", d)}.sortBy(k{_names} => - -k{_names})"),
        "Record{a: Int, z: Text}" => $"{{ z: {Of("Text", d)}, a: {Of("Int", d)} }}",
        _ => Leaf(type),
    };

    private string Let(string type, int d)
    {
        var name = $"l{_names++}";
        return $"(let {name} = {Of(type, d)}; if {Of("Bool", d)} then {name} else {Of(type, d)})";
    }

    private string Folded(string type) => type switch
    {
        "Int" or "Qty(kg, 3)" or "Dec(2)" or "Text" => $"a{_names} + b{_names}",
        _ => $"b{_names}",
    };

    private string Leaf(string type) => type switch
    {
        "Int" => OneOf(s_values).Replace("-", "0 - ", StringComparison.Ordinal) is var n ? $"({n})" : "",
        "Dec(2)" => OneOf("0.00", "1.25", "99999999.99"),
        "Qty(kg, 3)" => OneOf("qty(0.000, kg)", "qty(12.345, kg)"),
        "Text" => OneOf("\"\"", "\"t1\"", "product.sku", "\"\\u00e9\\n\""),
        "Date" => OneOf("2027-02-18", "2028-02-29"),
        "Bool" => OneOf("true", "false"),
        "List(Int)" => OneOf("[1, 2, 3]", "[1].filter(e => false)", "facts(\"T\", \"\").map(t => t.n.or(1))"),
        _ => "{ a: 1, z: \"z\" }",
    };

    private string Member(string type) => type switch
    {
        "Int" => Fact("n"),
        "Dec(2)" => Fact("d"),
        "Qty(kg, 3)" => Fact("q"),
        "Text" => Fact(OneOf("s", "r.z")),
        "Date" => Fact("day"),
        "Bool" => Fact("b"),
        "List(Int)" => Fact("list"),
        _ => "fact(\"T\", \"t0\").then(t => t.r).then(r => { z: r.z.or(\"\"), a: r.a })",
    };

    private string Fact(string member) => member == "r.z"
        ? "fact(\"T\", \"t1\").then(t => t.r).then(r => r.z)"
        : $"fact(\"T\", \"t{_random.Next(4)}\").{member}";

    // Written all, taken one: the names of lambdas count on.
    private string OneOf(params string[] texts)
    {
        _names++;
        return texts[_random.Next(texts.Length)];
    }
}
