using System.Diagnostics;
using System.Text.Json;
using Bpc.Core;
using Bpc.Hosting.Logging;
using Bpc.Tests.Passports;
using Microsoft.Extensions.Time.Testing;

namespace Bpc.Tests.Hosting;

public sealed class LogWriterTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_warning_that_repeats_is_written_twenty_times_a_minute_and_others_beside_it()
    {
        var clock = new FakeTimeProvider();
        using (var writer = new LogWriter(new(File: _file, Console: false), clock))
        {
            var log = writer.CreateLogger("test");
            for (var i = 0; i < 1000; i++)
            {
                log.LogWarning("The database does not answer: {Attempt}", i);
                log.LogInformation("Job {Number}", i);
            }

            log.LogWarning("Another thing");
            clock.Advance(TimeSpan.FromMinutes(1));
            log.LogWarning("The database does not answer: {Attempt}", "again");
        }

        var lines = File.ReadAllLines(_file);
        Assert.Equal(21, lines.Count(l => l.Contains("does not answer", StringComparison.Ordinal)));
        Assert.Single(lines, l => l.EndsWith("19 (more of these within the minute are left out)", StringComparison.Ordinal));
        Assert.Equal(1000, lines.Count(l => l.Contains("INFO  Job ", StringComparison.Ordinal)));
        Assert.Single(lines, l => l.EndsWith("Another thing", StringComparison.Ordinal));
    }

    [Fact]
    public void A_warning_as_text_carries_the_correlation_id_its_caller_was_told_and_other_lines_keep_their_form()
    {
        using (var writer = new LogWriter(new(File: _file, Console: false), TimeProvider.System))
        {
            var log = writer.CreateLogger("test");
            using (log.BeginScope(new Dictionary<string, object> { ["correlation_id"] = "order-4711" }))
            {
                log.LogInformation("Job claimed");
                log.LogError(new InvalidOperationException("why"), "POST /v1/documents failed");
            }

            log.LogWarning("Of nobody's call");
        }

        var lines = File.ReadAllLines(_file);
        Assert.EndsWith("INFO  Job claimed", lines[0]);
        Assert.EndsWith("ERROR POST /v1/documents failed correlation_id=order-4711", lines[1]);
        Assert.EndsWith("WARN  Of nobody's call", lines[^1]);
    }

    [Fact]
    public void A_second_writer_of_a_file_is_refused_and_told_what_to_do()
    {
        using (var first = new LogWriter(new(File: _file, Console: false), TimeProvider.System))
        {
            Assert.True(LogFile.IsTaken(_file));

            var refused = Assert.Throws<BpcException>(
                () => new LogWriter(new(File: _file, Console: false), TimeProvider.System));

            Assert.Equal(BpcError.ConfigMissing, refused.Code);
            Assert.Equal(
                $"BPC_LOG_FILE: another process writes '{_file}'; name one for each process", refused.Message);
            first.CreateLogger("test").LogInformation("Still here");
        }

        Assert.False(LogFile.IsTaken(_file));
        using (var next = new LogWriter(new(File: _file, Console: false), TimeProvider.System))
        {
            next.CreateLogger("test").LogInformation("And on");
        }

        Assert.Equal(["Still here", "And on"], File.ReadLines(_file).Select(l => l.Split("INFO  ")[1]));
    }

    [Fact]
    public void Anybody_may_write_to_a_device()
    {
        using var one = new LogWriter(new(File: "/dev/null", Console: false), TimeProvider.System);
        using var other = new LogWriter(new(File: "/dev/null", Console: false), TimeProvider.System);
    }

    [Fact]
    public async Task How_many_lines_were_dropped_is_a_line_of_JSON_like_the_others()
    {
        // A pipe that nobody reads for a while: the slowest disk there is.
        File.Delete(_file);
        Assert.Equal(0, (await Tool.RunAsync("mkfifo", _file)).ExitCode);
        using var reader = Process.Start(new ProcessStartInfo("cat", [_file]) { RedirectStandardOutput = true })!;
        var writer = new LogWriter(new(File: _file, Json: true, Console: false), TimeProvider.System);
        var log = writer.CreateLogger("test");
        for (var i = 0; i < 60_000; i++)
        {
            log.LogInformation("Job {Number}", i);
        }

        var reading = reader.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        writer.Dispose();

        var lines = (await reading).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonElement.Parse(l)).ToList();
        var dropped = Assert.Single(lines, l => l.TryGetProperty("dropped", out _));
        Assert.Equal("WARN", dropped.GetProperty("level").GetString());
        Assert.Equal(60_000, lines.Count - 1 + dropped.GetProperty("dropped").GetInt64());
    }
}
