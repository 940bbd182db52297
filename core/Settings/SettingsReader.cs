namespace Bpc.Core.Settings;

/// <summary>Reads settings from variables (usually the process's environment).</summary>
public static class SettingsReader
{
    /// <summary>
    /// All problems at once: CONFIG_MISSING with one violation per variable (its name, what was read, what is allowed).
    /// What BPC_ENV requires of <paramref name="servers"/> must be set. An empty variable counts as not set.
    /// </summary>
    public static BpcSettings Read(IReadOnlyDictionary<string, string> variables, Servers servers = Servers.Both)
    {
        var problems = new List<Violation>();
        var settings = new BpcSettings();
        foreach (var setting in SettingsTable.All)
        {
            var instead = setting.Instead is { } other && variables.GetValueOrDefault(other) is { Length: > 0 };
            if (variables.GetValueOrDefault(setting.Name)?.Trim() is not { Length: > 0 } text)
            {
                var environment = settings.Environment;
                if (setting.IsRequired(environment, servers) && !instead)
                {
                    problems.Add(new(
                        setting.Name, $"not set, and BPC_ENV={environment} requires it; allowed: {setting.Allowed}"));
                }
            }
            else if (instead)
            {
                problems.Add(new(setting.Name, $"set beside {setting.Instead}; set one of them"));
            }
            else if (setting.TryApply(settings, text) is { } applied)
            {
                settings = applied;
            }
            else
            {
                problems.Add(new(setting.Name, $"read {setting.Shown(text)}; allowed: {setting.Allowed}"));
            }
        }

        problems.AddRange(Contradictions(settings));
        problems.AddRange(SampleSecrets.Refused(settings));
        return problems.Count > 0 ? throw Missing(problems) : settings;
    }

    private static IEnumerable<Violation> Contradictions(BpcSettings settings)
    {
        var jobs = settings.Jobs;
        if (jobs.LeaseRenew * 2 > jobs.Lease)
        {
            yield return new("BPC_JOBS_LEASE_RENEW_SECONDS",
                $"{jobs.LeaseRenew.TotalSeconds} s is more than half of BPC_JOBS_LEASE_SECONDS "
                + $"({jobs.Lease.TotalSeconds} s): one late renewal would lose the lease; at most half is allowed");
        }

        if (jobs.BackoffBase > jobs.BackoffMax)
        {
            yield return new("BPC_JOBS_BACKOFF_BASE_SECONDS",
                $"{jobs.BackoffBase.TotalSeconds} s is more than BPC_JOBS_BACKOFF_MAX_SECONDS "
                + $"({jobs.BackoffMax.TotalSeconds} s)");
        }

        if (settings.Queue is { Enabled: true, Url: null })
        {
            yield return new("BPC_QUEUE_URL",
                "not set, and BPC_QUEUE_ENABLED=true requires it; such as amqp://guest:guest@localhost:5672/");
        }
    }

    private static BpcException Missing(List<Violation> problems) =>
        new(BpcError.ConfigMissing, string.Join("; ", problems.Select(p => $"{p.Where}: {p.Message}")), problems);
}
