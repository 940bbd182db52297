using Bpc.Core.Settings;
using Bpc.Hosting.Logging;
using Microsoft.Extensions.Logging;
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
}
