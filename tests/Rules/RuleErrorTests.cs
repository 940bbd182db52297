using Bpc.Core;
using static Bpc.Tests.Rules.RuleSamples;

namespace Bpc.Tests.Rules;

public sealed class RuleErrorTests
{
    [Fact]
    public void An_error_shows_the_place_the_line_a_caret_and_what_would_be_right()
    {
        var error = Refused(Header
            + "field battery.mass_kg : Qty(kg, 3) access public =\n  let mass = 5.500;\n  mass;\n");
        Assert.Equal(BpcError.UnitMismatch, error.Code);
        var violation = Assert.Single(error.Violations);
        Assert.Equal("line 4, column 3", violation.Where);
        Assert.Equal("expected Qty(kg, 3), found Dec(3)\n    mass;\n    ^^^^\n  give it a unit: qty(x, kg)",
            violation.Message);
    }

    [Fact]
    public void Of_a_line_without_end_an_error_shows_what_is_around_it()
    {
        var error = Refused(Header + string.Concat(Enumerable.Repeat("field ", 50_000)));

        Assert.InRange(error.Violations.Count, 100, 200);
        Assert.All(error.Violations, violation => Assert.InRange(violation.Message.Length, 1, 800));
        var shown = error.Violations[^1].Message.Split('\n')[1..3];
        Assert.StartsWith("  …", shown[0], StringComparison.Ordinal);
        Assert.Equal("field", shown[0].Substring(shown[1].IndexOf('^', StringComparison.Ordinal), 5));
    }

    [Fact]
    public void All_errors_of_a_source_come_at_once_and_syntax_names_the_code()
    {
        var error = Refused(Header + """
            field a : Int access public = 1 +;
            field b : Int access public = "x";
            field c : Int access public = field(a) + field(missing);
            field d : Int = let x = ); let y = 5 5; x;
            nonsense;
            """);
        Assert.Equal(BpcError.RuleParse, error.Code);
        Assert.Equal([2, 3, 4, 5, 5, 5, 6], error.Violations.Select(v => int.Parse(v.Where.Split(' ', ',')[1], null)));
    }

    [Fact]
    public void Every_clause_of_a_declaration_is_read_although_others_of_it_are_wrong()
    {
        var error = Refused(Header + """
            field a : Opt(Int) access publik cites 5 applies from tomorrow for EV applies for CAR, BUS when 5 = "x";
            """);
        Assert.Equal(
            [
                "there is no section 'publik'", "expected a citation as a text, found '5'",
                "expected a date, found 'tomorrow'", "there is no category 'CAR'", "there is no category 'BUS'",
                "expected Bool, found Int", "expected Opt(Int), found Text",
            ],
            error.Violations.Select(v => v.Message.Split('\n')[0]));
    }

    [Fact]
    public void Facts_that_cannot_be_read_are_one_error_and_none_where_they_are_used() => Assert.Contains(
        "there is no type 'Decimal'",
        Assert.Single(Refused(Header + """
            facts T { n : Opt(Decimal(3)) }
            field a : Opt(Int) access public = fact("T", "t").then(t => t.n);
            """).Violations).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("package p version 1;", "the version as a text")]
    [InlineData("package p version \"1\" language \"BPC-RULES-9\";", "it reads \"BPC-RULES-1\"")]
    [InlineData(Header + "field a : Int access public = 1", "a declaration ends with ';'")]
    [InlineData(Header + "field a : Int access everyone = 1;", "access is public, restricted")]
    [InlineData(Header + "field a : Opt(Int) access public applies for CAR = none;", "EV, LMT and INDUSTRIAL")]
    [InlineData(Header + "field a : Opt(Int) access public applies = none;", "applies says nothing")]
    [InlineData(Header + "field a : Opt(Int) access public applies from 2027-02-30 = none;", "not in the calendar")]
    [InlineData(Header + "field a : Opt(Int) access public applies from 2027-02-03 until 2027-02-03 = none;",
        "never applies")]
    [InlineData(Header + "field a : Int access public applies from 2027-02-03 = 1;", "always has a value")]
    [InlineData(Header + "field a : Dec(19) access public = 1;", "from 0 to 18")]
    [InlineData(Header + "field a : Qty(kwh, 3) access public = 1;", "did you mean kWh?")]
    [InlineData(Header + "field a : Money access public = 1;", "there is no type 'Money'")]
    [InlineData(Header + "field a : Int = 1;", "nothing says who may see a")]
    [InlineData(Header + "field a : Int access public = 1; field a : Int access public = 1;", "already there")]
    [InlineData(Header + "field a : Int access public = 1; field a.b : Int access public = 1;", "cannot also hold")]
    [InlineData(Header + "field a : Int access public = 1; check a = true;", "both would have one name")]
    [InlineData(Header + "field a : Text access public = \"open;", "does not end on its line")]
    [InlineData(Header + "field a : Text access public = \"\\q\";", "this escape is not known")]
    [InlineData(Header + "field a : Text access public = ü;", "has no meaning here")]
    [InlineData(Header + "field a : Text access public = \"\\ud83d\";", "half of a surrogate pair")]
    [InlineData(Header + "field a : Text access public = \"\\ud83d\" + \"\\udd0b\";", "half of a surrogate pair")]
    [InlineData(Header + "field a : Date access public = 2027-02-30;", "not in the calendar")]
    [InlineData(Header + "field a : Int access public access public = 1;", "already there")]
    [InlineData(Header + "field a : Bool access public = 1 < 2 < 3;", "comparisons do not chain")]
    [InlineData(Header + "let a = 1; let a = 2; field b : Int access public = a;", "already a let called a")]
    [InlineData(Header + "let a = 1; field b : Int access public = let a = 2; a;", "already has a meaning here")]
    [InlineData(Header + "let b = a; let a = 1; field c : Int access public = b;", "nothing here is called 'a'")]
    [InlineData(Header + "let a = field(b); field b : Int access public = 1;", "derived before all fields")]
    [InlineData(Header + "facts A { x : Int } facts A { x : Int }", "already declared")]
    [InlineData(Header + "field a : Opt(Bool) access public = none; check a = true;", "both would have one name")]
    [InlineData(
        Header + "field a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y : Int access public = 1;",
        "more than 24 names")]
    [InlineData(
        Header + "field a : Int access public = count([[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]);",
        "deeper than 32 times")]
    public void What_the_grammar_or_the_declarations_forbid_is_refused(string source, string says) =>
        Assert.Contains(says, Refused(source).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Int", "1 + 1.5", "wants the same unit and scale")]
    [InlineData("Int", "1.5", "expected Int, found Dec(1)")]
    [InlineData("Dec(2)", "1.5", "write round(x, 2)")]
    [InlineData("Dec(2)", "1", "write dec(x, 2)")]
    [InlineData("Dec(2)", "1 / 3", "round(x, 2)")]
    [InlineData("Text", "1", "text(x)")]
    [InlineData("Opt(Int)", "1", "write some(x)")]
    [InlineData("Int", "some(1)", "x.or(default)")]
    [InlineData("Int", "some(1) + 1", "it may be none")]
    [InlineData("Bool", "some(1) < 2", "add .or(false)")]
    [InlineData("Int", "if some(true) then 1 else 2", "add .or(false)")]
    [InlineData("Int", "if 1 then 1 else 2", "expected Bool")]
    [InlineData("Int", "if true then 1 else \"a\"", "then is Int, else is Text")]
    [InlineData("Int", "count([{ a: 1 }, { a: 1, b: 2 }])", "Record{a: Int, b: Int}")]
    [InlineData("Int", "(if true then { a: 1 } else { b: 1 }).a", "then is Record{a: Int}, else is Record{b: Int}")]
    [InlineData("Int", "(if true then { a: 1 } else { a: \"1\" }).a", "else is Record{a: Text}")]
    [InlineData("Bool", "1 == \"a\"", "the same type on both sides")]
    [InlineData("Bool", "[1] == [1]", "does not compare List(Int)")]
    [InlineData("Bool", "1 / 2 == 1 / 2", "round both sides first")]
    [InlineData("Int", "x => x", "a lambda does not stand alone")]
    [InlineData("Int", "nothing_here", "nothing here is called")]
    [InlineData("Int", "let mass = 1; mas", "did you mean mass?")]
    [InlineData("Int", "let a = 1; let a = 2; a", "already has a meaning")]
    [InlineData("Int", "somme([1])", "unknown function 'somme'")]
    [InlineData("Int", "sum([1], 2)", "takes 1 arguments, here are 2")]
    [InlineData("Int", "sum([\"a\"])", "sum adds numbers")]
    [InlineData("List(Int)", "map([1], 2)", "expected a lambda")]
    [InlineData("List(Int)", "map([1], (a, b) => a)", "the lambda has 2 parameters")]
    [InlineData("List(Int)", "filter([1], x => x)", "expected Bool")]
    [InlineData("List(Int)", "[1, \"a\"]", "the list holds Int, this is Text")]
    [InlineData("Int", "fold([1], 0, (a, b) => \"x\")", "each step gives Text")]
    [InlineData("Int", "fact(\"U\", \"u\").then(r => 1).or(0)", "no facts \"U\" are declared")]
    [InlineData("Int", "fact(\"T\", \"t\").n", "x.or(default)")]
    [InlineData("Opt(Int)", "fact(\"T\", \"t\").nn", "did you mean n?")]
    [InlineData("Opt(Int)", "fact(\"T\", \"t\").then(r => r.nn)", "did you mean n?")]
    [InlineData("Int", "require(1, \"E1\", \"m\")", "which always has a value")]
    [InlineData("Opt(Int)", "filled(some(1))", "a value of type Int is never blank")]
    [InlineData("Int", "require(some(1), \"\" + \"E1\", \"m\")", "the code is not a written text")]
    [InlineData("Dec(1)", "round(1.55, 1 + 0)", "the scale is not a written number")]
    [InlineData("Int", "field(y)", "there is no field 'y'")]
    [InlineData("Text", "product.color", "nothing is called 'product.color'")]
    [InlineData("Int", "1.5.or(2)", "or wants an Opt")]
    [InlineData("Opt(Int)", "null", "there is no null: what is not there is none")]
    public void What_the_types_forbid_is_refused_with_what_would_be_right(string type, string body, string says)
    {
        var error = RefusedBody(type, body, "n : Opt(Int)");
        Assert.Equal(BpcError.RuleType, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("^", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("summ(1 + \"a\", x)")]
    [InlineData("sum(1 + \"a\", x)")]
    [InlineData("round(1 + \"a\", x, 2)")]
    [InlineData("map(1 + \"a\", y => y + 1 + x)")]
    [InlineData("[].mapp(y => y + (1 + \"a\") + x)")]
    [InlineData("[].count(y => y + (1 + \"a\") + x)")]
    [InlineData("fold([1], 1 + \"a\", y => x)")]
    [InlineData("map([1 + \"a\"], x)")]
    public void What_is_wrong_in_the_arguments_of_a_wrong_call_is_said_too(string call)
    {
        var error = RefusedBody("Int", call);
        Assert.Contains("'+' does not take Int and Text", error.Message, StringComparison.Ordinal);
        Assert.Contains("nothing here is called 'x'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qtty(5, kg)", "unknown function 'qtty'")]
    [InlineData("qty(5, kg, 2)", "qty takes 2 arguments, here are 3")]
    [InlineData("[5].summ(y => y.n + y)", "unknown function 'summ'")]
    public void A_wrong_call_whose_arguments_are_right_is_one_error(string call, string says) => Assert.Contains(
        says, Assert.Single(RefusedBody("Int", call).Violations).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("qty(5, \"kg\")", "expected a unit, found the text \"kg\"")]
    [InlineData("qty(5, kg*\"m\")", "expected a unit, found the text \"m\"")]
    [InlineData("5 kg * \"m\"", "'*' does not take Qty(kg, 0) and Text")]
    public void A_unit_is_no_text(string body, string says) =>
        Assert.Contains(says, RefusedBody("Int", body).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Qty(kg, 1)", "qty(1.0, kWh)", "kWh does not become kg")]
    [InlineData("Qty(kWh, 1)", "qty(1.0, Wh)", "write convert(x, kWh)")]
    [InlineData("Qty(kg, 1)", "qty(1.0, kg) + qty(1.0, g)", "write convert(x, kg)")]
    [InlineData("List(Qty(kg, 1))", "[qty(1.0, kg), qty(1.0, g)]", "write convert(x, kg)")]
    [InlineData("Qty(kg, 2)", "qty(1.00, kg) / qty(2.00, kWh)", "rounded it would be in kg/kWh")]
    [InlineData("Qty(kg, 2)", "1 / 2", "qty(round(x, 2), kg)")]
    [InlineData("Bool", "qty(1.0, kg) < 1.0", "here are Qty(kg, 1) and Dec(1)")]
    [InlineData("Qty(kg, 1)", "qty(qty(1.0, kg), kg)", "has the unit kg already")]
    [InlineData("Qty(Wh, 1)", "convert(qty(1.0, J), Wh)", "J does not become Wh exactly")]
    [InlineData("Qty(K, 1)", "convert(qty(1.0, degC), K)", "degC does not become K exactly")]
    [InlineData("Qty(kg, 2)", "qty(1.0, kg) * qty(1.0, kg)", "expected Qty(kg, 2), found Qty(kg^2, 2)")]
    public void Units_that_do_not_fit_are_a_unit_mismatch(string type, string body, string says)
    {
        var error = RefusedBody(type, body);
        Assert.Equal(BpcError.UnitMismatch, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_is_named_with_its_members()
    {
        var error = Refused(Header + """
            field a : Int access public = field(b) + field(d);
            field b : Int access public = field(c);
            field c : Int access public = field(a);
            field d : Int access public = 1;
            """);
        Assert.Equal(BpcError.RuleCycle, error.Code);
        Assert.Contains("these fields read each other: a → b → c → a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Expressions_nested_too_deep_are_refused_instead_of_exhausting_the_stack()
    {
        foreach (var body in new[] { new string('(', 100_000) + "1", "1" + string
            .Concat(Enumerable.Repeat(" + 1", 100_000)) })
        {
            Assert.Equal(BpcError.RuleBudgetExceeded, RefusedBody("Int", body).Code);
        }
    }
}
