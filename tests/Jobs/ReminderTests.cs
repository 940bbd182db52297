using Bpc.Tests.Database;
using Orleans.Timers;

namespace Bpc.Tests.Jobs;

[Trait("Category", "Integration")]
public sealed class ReminderTests(PostgresServer postgres)
{
    [Fact]
    public async Task Jobs_are_claimed_while_the_dispatchers_reminder_cannot_be_registered()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var tenant = await database.CreateTenantAsync();
        var reminders = new StuckReminders();
        await using var cluster = await JobCluster.StartAsync(
            database, new(), [TestHandler.Succeeding("DUE")], more: silo =>
            {
                silo.UseInMemoryReminderService();
                silo.Services.AddSingleton<IReminderRegistry>(reminders);
            });

        await database.QueueAsync(tenant, "DUE", count: 3);
        await database.UntilAsync("SUCCEEDED", 3);

        Assert.False(reminders.Registered.Task.IsCompleted);
        Assert.Equal(1, reminders.Asked);
        reminders.Registered.SetException(new TimeoutException("at the end of the test"));
    }

    /// <summary>Reminders whose silo stands still.</summary>
    private sealed class StuckReminders : IReminderRegistry
    {
        private int _asked;

        public TaskCompletionSource<IGrainReminder> Registered { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Asked => _asked;

        public Task<IGrainReminder> RegisterOrUpdateReminder(
            GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _asked);
            return Registered.Task;
        }

        public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder) => Task.CompletedTask;

        public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
            Task.FromResult<IGrainReminder?>(null);

        public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
            Task.FromResult<List<IGrainReminder>>([]);
    }
}
