namespace Bpc.Tests.Database;

/// <summary>A grain that keeps one line and sets reminders.</summary>
public interface INotebookGrain : IGrainWithStringKey
{
    Task<string?> ReadAsync();

    Task WriteAsync(string line);

    Task ClearAsync();

    Task RemindAsync(string name, TimeSpan period);

    Task ForgetAsync(string name);

    Task<string[]> RemindersAsync();
}

public sealed class NotebookGrain([PersistentState("notebook")] IPersistentState<Notebook> state)
    : Grain, INotebookGrain, IRemindable
{
    public async Task<string?> ReadAsync()
    {
        await state.ReadStateAsync();
        return state.RecordExists ? state.State.Line : null;
    }

    public Task WriteAsync(string line)
    {
        state.State = new() { Line = line };
        return state.WriteStateAsync();
    }

    public Task ClearAsync() => state.ClearStateAsync();

    public Task RemindAsync(string name, TimeSpan period) => this.RegisterOrUpdateReminder(name, period, period);

    public async Task ForgetAsync(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task<string[]> RemindersAsync() =>
        [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order(StringComparer.Ordinal)];

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}

[GenerateSerializer, Alias("bpc.tests.notebook")]
public sealed record Notebook
{
    [Id(0)]
    public string? Line { get; init; }
}
