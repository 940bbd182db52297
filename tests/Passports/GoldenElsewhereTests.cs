using System.Diagnostics;

namespace Bpc.Tests.Passports;

/// <summary>The golden tests once more, in processes of another time zone, language and number of processors.</summary>
public sealed class GoldenElsewhereTests
{
    [Theory]
    [InlineData("Asia/Kathmandu", "tr_TR.UTF-8", 1)]
    [InlineData("America/St_Johns", "ar_SA.UTF-8", 8)]
    public async Task Another_time_zone_language_and_thread_count_give_the_same_bytes(
        string zone, string language, int processors)
    {
        var tests = Path.Combine(AppContext.BaseDirectory, "Bpc.Tests.dll");
        var start = new ProcessStartInfo("dotnet",
        [
            tests, "--filter-class", $"*{nameof(GoldenCompileTests)}", "--filter-class", $"*{nameof(EuGoldenTests)}",
        ]);
        (start.Environment["TZ"], start.Environment["LANG"], start.Environment["LC_ALL"]) = (zone, language, language);
        start.Environment["DOTNET_PROCESSOR_COUNT"] = $"{processors}";

        var result = await Tool.RunAsync(start);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("succeeded: 12", result.Output, StringComparison.Ordinal);
    }
}
