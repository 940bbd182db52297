using System.Text;
using Bpc.Core.Rules;
using Bpc.Gateway.Pages;
using Bpc.Gateway.Queries;

namespace Bpc.Tests.Gateway;

public sealed class PassportViewsTests
{
    [Fact]
    public void Values_stand_in_the_order_the_rules_declare_them_and_undeclared_ones_last()
    {
        var section = """
            {"compliance":[],"fields":{"circularity":{"share":"1"},"identification":{"battery_id":"b","sku":"s"},
            "performance":{"mass":"2"},"unknown":{"x":"3"}},"salt":"00"}
            """;
        string[] declared =
            ["identification.sku", "identification.battery_id", "performance.mass", "circularity.share"];
        var catalogue = declared.Select((path, i) => new FieldInfo(i, path, "Text", null, "public", null))
            .ToDictionary(f => f.Path);

        var view = PassportViews.Of(Row(section), catalogue);

        Assert.Equal(["Identification", "Performance", "Circularity", "Unknown"], view.Groups.Select(g => g.Title));
        Assert.Equal(["SKU", "Battery ID"], view.Groups[0].Lines.Select(l => l.Label));
    }

    private static PublicPassportRow Row(string section) => new(
        Guid.NewGuid(), "ACTIVE", DateTime.UnixEpoch, null, null, null, null, "", "", "", "key", new byte[32], "Name",
        "SKU", "EV", "SN", Guid.NewGuid(), Guid.NewGuid(), Encoding.UTF8.GetBytes(section));
}
