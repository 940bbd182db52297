using System.Text.Json;
using Bpc.Hosting.Logging;

namespace Bpc.Tests.Hosting;

public sealed class LogLineTests
{
    private static readonly DateTimeOffset s_time = new(2025, 12, 28, 13, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void Text_lines_have_the_quickstarts_form() => Assert.Equal(
        "[2025-12-28T12:00:00Z] INFO  Worker started: worker-id=worker-1",
        LogLine.Text(s_time, LogLevel.Information, "Worker started: worker-id=worker-1", null, []));

    [Fact]
    public void A_message_cannot_write_lines_of_its_own() => Assert.Equal(
        "[2025-12-28T12:00:00Z] WARN  a [2025-12-28T12:00:00Z] INFO  b",
        LogLine.Text(s_time, LogLevel.Warning, "a\n[2025-12-28T12:00:00Z] INFO  b", null, []));

    [Fact]
    public void JSON_lines_name_their_values_and_the_lines_own_come_before_those_of_scopes()
    {
        var line = JsonElement.Parse(LogLine.Json(
            s_time, LogLevel.Error, "Bpc.Grains.Jobs", "Job completed: …", new InvalidOperationException("why"),
            [
                new("JobType", "PARSE_FACTS"), new("DurationMs", 2134L), new("JobType", "of a scope"),
                new("{OriginalFormat}", "x"),
            ]));

        Assert.Equal(
            ["time", "level", "message", "logger", "job_type", "duration_ms", "exception"],
            line.EnumerateObject().Select(m => m.Name));
        Assert.Equal("PARSE_FACTS", line.GetProperty("job_type").GetString());
        Assert.Equal(2134, line.GetProperty("duration_ms").GetInt64());
    }
}
