using Bpc.Grains.Jobs;
using Bpc.Grains.Jobs.Leasing;
using Bpc.Grains.Webhooks;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Webhooks;

[Trait("Category", "Integration")]
public sealed class SlowCircuitTests(PostgresServer postgres)
{
    // Only what fails waits so long.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_that_stopped_waiting_for_its_turn_gives_back_the_place_it_gets_afterwards()
    {
        var slow = new SlowToAdmit();
        await using var silo = await TestSilo.StartAsync(postgres, more: s => s.AddIncomingGrainCallFilter(slow));
        await using var receiver = await Receiver.StartAsync(_ => 200);
        await silo.EndpointAsync(receiver.Url);
        await silo.DocumentAsync();
        var ticket = await slow.Asked.Task.WaitAsync(s_patience, Ct);

        silo.Service<Leases>().Held.Single(lease => lease.Job.Type == JobTypes.DeliverWebhook).Stop(LeaseEnd.Lost);
        slow.MayAnswer.SetResult();

        Assert.Equal((ticket, null), await slow.Completed.Task.WaitAsync(s_patience, Ct));
    }

    /// <summary>A circuit that answers the first delivery when it is told to.</summary>
    private sealed class SlowToAdmit : IIncomingGrainCallFilter
    {
        public TaskCompletionSource<Guid> Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayAnswer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<(Guid Ticket, bool? Answered)> Completed { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            var call = context.InterfaceMethod.Name;
            if (call == nameof(IWebhookCircuitGrain.AdmitAsync)
                && Asked.TrySetResult((Guid)context.Request.GetArgument(0)!))
            {
                await MayAnswer.Task;
            }

            await context.Invoke();
            if (call == nameof(IWebhookCircuitGrain.CompleteAsync))
            {
                Completed.TrySetResult(
                    ((Guid)context.Request.GetArgument(0)!, (bool?)context.Request.GetArgument(1)));
            }
        }
    }
}
