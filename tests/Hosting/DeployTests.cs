using System.Text.RegularExpressions;
using Bpc.Core;
using Bpc.Core.Settings;

namespace Bpc.Tests.Hosting;

/// <summary>
/// The manifests of deploy/kubernetes and the compose file, read as text: neither is run here, but what they give to
/// each program can be held against the table of settings.
/// </summary>
public sealed partial class DeployTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "deploy", "kubernetes");

    private static readonly Dictionary<string, string> s_files = Directory.GetFiles(s_folder)
        .ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

    private static readonly Dictionary<string, string> s_fields = new()
    {
        ["metadata.name"] = "bpc-silo-6d5f9c7b8-x2x4q",
        ["status.podIP"] = "10.42.0.7",
    };

    [Fact]
    public void Every_variable_in_them_is_a_setting()
    {
        var named = s_files.Values.SelectMany(text => Variable.Matches(text)).Select(v => v.Value).ToHashSet();
        Assert.Empty(named.Except(SettingsTable.All.Select(s => s.Name)));
        Assert.True(named.Count > 15);
    }

    [Theory]
    [InlineData("silo.yaml", Servers.Silo)]
    [InlineData("gateway.yaml", Servers.Gateway)]
    public void A_server_is_given_all_that_production_requires_and_refuses_the_placeholders_alone(
        string file, Servers server)
    {
        var given = Given(file);
        Assert.Empty(SettingsTable.All.Where(s => s.IsRequired("prod", server)).Select(s => s.Name).Except(given.Keys));

        var refused = Assert.Throws<BpcException>(() => SettingsReader.Read(given, server)).Violations;
        Assert.All(refused, problem => Assert.Equal("REPLACE-ME", given[problem.Where]));
        Assert.Contains(refused, problem => problem.Where == "BPC_API_KEY_PEPPER_BASE64");
    }

    [Fact]
    public void The_signing_key_is_the_silos_alone()
    {
        Assert.Contains("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64", s_files["silo.yaml"]);
        Assert.All(["gateway.yaml", "migrate.yaml", "settings.yaml"], file =>
            Assert.DoesNotContain("BPC_SIGNING_", s_files[file]));
    }

    [Fact]
    public void Compose_gives_the_gateways_container_no_signing_key_whatever_env_local_has()
    {
        var compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));
        var all = compose[compose.IndexOf("x-bpc:", StringComparison.Ordinal)..compose.IndexOf(
            "x-environment:", StringComparison.Ordinal)];
        var gateway = compose[compose.IndexOf("  gateway:", StringComparison.Ordinal)..];
        Assert.Contains("deploy/compose.env", all);
        Assert.DoesNotContain("silo", all + gateway.Replace("silo-1:", "", StringComparison.Ordinal));
        Assert.Contains("BPC_SIGNING_ED25519_PRIVATE_KEY_BASE64: \"\"", gateway);
        Assert.Contains("BPC_SIGNING_KEY_FILE: \"\"", gateway);
        Assert.DoesNotContain("BPC_SIGNING_", File.ReadAllText(Path.Combine(Repository.Root, "deploy", "compose.env")));
    }

    [Fact]
    public void What_is_taken_from_a_Secret_stands_in_the_example_under_its_own_name()
    {
        var taken = s_files.Values.SelectMany(text => Own.Matches(text))
            .Where(own => own.Groups["secret"].Success).ToList();
        Assert.All(taken, t => Assert.Equal(t.Groups["variable"].Value, t.Groups["key"].Value));
        Assert.Equal(
            Secrets().SelectMany(s => s.Value.Keys.Select(key => (s.Key, key))).Order(),
            taken.Select(t => (t.Groups["secret"].Value, t.Groups["key"].Value)).Distinct().Order());
    }

    // A Service named bpc-gateway sets BPC_GATEWAY_PORT=tcp://… in every pod that does not say no.
    [Theory]
    [InlineData("silo.yaml")]
    [InlineData("gateway.yaml")]
    [InlineData("migrate.yaml")]
    public void No_Service_sets_a_variable_in_their_pods(string file) =>
        Assert.Contains("      enableServiceLinks: false", s_files[file]);

    [Theory]
    [InlineData("silo.yaml", 0)]
    [InlineData("gateway.yaml", 5)] // its preStop
    public void A_pod_that_stops_is_not_killed_before_it_ends_itself(string file, int preStop)
    {
        var grace = Regex.Match(s_files[file], @"terminationGracePeriodSeconds: (\d+)").Groups[1].Value;
        var itself = new JobSettings().ShutdownGrace + TimeSpan.FromSeconds(30 + preStop); // hosting/StopDeadline.cs
        Assert.True(TimeSpan.FromSeconds(int.Parse(grace, null)) > itself, grace);
    }

    [Fact]
    public void The_kustomization_has_every_manifest_but_the_example_of_secrets()
    {
        var resources = Regex.Matches(s_files["kustomization.yaml"], @"^  - (\S+)$", RegexOptions.Multiline);
        Assert.Equal(
            s_files.Keys.Except(["kustomization.yaml", "secrets.example.yaml"]).Order(),
            resources.Select(r => r.Groups[1].Value).Order());
    }

    /// <summary>A container's variables: of the image, of the ConfigMap, and its own.</summary>
    private static Dictionary<string, string> Given(string file)
    {
        var given = Pairs(s_files["settings.yaml"]);
        var image = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "Dockerfile"));
        given[Regex.Match(image, @"^ENV (BPC_\w+)=\$COMMIT$", RegexOptions.Multiline).Groups[1].Value] = "3f2a9c0";
        var secrets = Secrets();
        foreach (var own in Own.Matches(s_files[file]).Select(match => match.Groups))
        {
            given[own["variable"].Value] = own["secret"].Success ? secrets[own["secret"].Value][own["key"].Value]
                : own["field"].Success ? s_fields[own["field"].Value]
                : own["value"].Value;
        }

        return given;
    }

    private static Dictionary<string, Dictionary<string, string>> Secrets() => s_files["secrets.example.yaml"]
        .Split("\n---\n")
        .ToDictionary(part => Regex.Match(part, @"metadata: \{ name: (\S+) \}").Groups[1].Value, Pairs);

    private static Dictionary<string, string> Pairs(string text) => Pair.Matches(text)
        .ToDictionary(p => p.Groups[1].Value, p => p.Groups[2].Value.Trim('"'));

    [GeneratedRegex(@"\bBPC_[A-Z0-9_]+\b")]
    private static partial Regex Variable { get; }

    [GeneratedRegex("^  (BPC_[A-Z0-9_]+): (\"[^\"]*\"|\\S+)", RegexOptions.Multiline)]
    private static partial Regex Pair { get; }

    [GeneratedRegex("""
        name:\ (?<variable>BPC_\w+),?\s+
        (value:\ "(?<value>[^"]*)"
        |valueFrom:\ \{\ fieldRef:\ \{\ fieldPath:\ (?<field>\S+)\ \}
        |valueFrom:\ \{\ secretKeyRef:\ \{\ name:\ (?<secret>\S+),\ key:\ (?<key>\w+)\ \})
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Own { get; }
}
