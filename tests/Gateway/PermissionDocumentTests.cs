using System.Text.RegularExpressions;
using Bpc.Gateway.Auth;

namespace Bpc.Tests.Gateway;

/// <summary>The table of docs/api.md and the matrix of the code are one.</summary>
public sealed partial class PermissionDocumentTests
{
    [Fact]
    public void The_matrix_in_the_documentation_is_the_one_that_decides()
    {
        string[] roles = [Role.Admin, Role.ComplianceOfficer, Role.Auditor];
        var documented = roles.ToDictionary(role => role, _ => new List<string>());
        foreach (var cells in File.ReadLines(Path.Combine(Repository.Root, "docs", "api.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')))
        {
            foreach (var (role, cell) in roles.Zip(cells.Skip(2)).Where(c => c.Second.Trim() == "✓"))
            {
                documented[role].AddRange(Name().Matches(cells[1]).Select(m => m.Value));
            }
        }

        foreach (var role in roles)
        {
            Assert.Equal(Permission.ByRole[role].ToHashSet(), documented[role].ToHashSet());
        }
    }

    [GeneratedRegex("[a-z]+:[a-z]+")]
    private static partial Regex Name();
}
