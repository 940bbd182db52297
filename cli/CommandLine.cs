using System.CommandLine;
using System.CommandLine.Help;
using Bpc.Cli.Audit;
using Bpc.Cli.Bench;
using Bpc.Cli.Demo;
using Bpc.Cli.Jobs;
using Bpc.Cli.Keys;
using Bpc.Cli.Passports;
using Bpc.Cli.Rules;
using Bpc.Cli.Storage;
using Bpc.Cli.Tenants;
using Bpc.Cli.Testing;
using Bpc.Cli.Up;

namespace Bpc.Cli;

/// <summary>What a person types after <c>./bpc</c>.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var terminal = new Terminal(output, error);
        var parse = Root().Parse(args.Length == 0 ? ["--help"] : args);
        if (parse.Action is not HelpWithExamples && parse.Errors.Count > 0)
        {
            return UsageErrors.Show(parse, error);
        }

        using var stop = new StopSignal();
        try
        {
            // The signals and the exceptions are ours: no time limit on a drain, no stack traces for a wrong setting.
            var invocation = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parse.InvokeAsync(invocation, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (Problems.IsExpected(e))
        {
            return Problems.Show(terminal, e);
        }
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("BPC compiles a battery's documents into a signed passport.")
        {
            DemoCommand.Create(),
            TestCommand.Create(),
            UpCommand.Create(),
            ServerCommands.Silo(),
            ServerCommands.Gateway(),
            MigrateCommand.Create(),
            new Verb("tenant", "Tenants and their API keys.")
            {
                CreateTenantCommand.Create(), ListTenantsCommand.Create(),
            },
            new Verb("keys", "API keys of tenants, and signing keys.")
            {
                ApiKeyCommands.Create(), ApiKeyCommands.List(), ApiKeyCommands.Revoke(), NewSigningKeyCommand.Create(),
            },
            new Verb("jobs", "The operator's everyday: list, show, retry and cancel jobs, and hold them back.")
            {
                ListJobsCommand.Create(), ShowJobCommand.Create(), EnqueueJobCommand.Create(),
                RetryJobsCommand.Create(), CancelJobsCommand.Create(), SnoozeJobsCommand.Create(),
                ControlCommands.Pause(), ControlCommands.Resume(), ControlCommands.Limit(), ControlCommands.Weight(),
                ScheduleCommands.Schedule(), ScheduleCommands.Unschedule(), ControlCommands.List(),
            },
            new Verb("rules", "Rule packages in BPC-RULES-1: check, test, format and explain.")
            {
                CheckRulesCommand.Create(), TestRulesCommand.Create(), FormatRulesCommand.Create(),
                ExplainRulesCommand.Create(),
            },
            VerifyCommand.Create(),
            ReplayCommand.Create(),
            new Verb("audit", "The chained record of who did what: verify it, and keep its heads.")
            {
                VerifyAuditCommand.Create(), AuditHeadCommand.Create(),
            },
            new Verb("bench", "What this machine does.")
            {
                BenchJobsCommand.Create(), BenchPipelineCommand.Create(), BenchApiCommand.Create(),
            },
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
