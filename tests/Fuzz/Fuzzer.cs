using System.Diagnostics;

namespace Bpc.Tests.Fuzz;

/// <summary>
/// Feeds a target with mutated inputs for a while. Guided by what the target answers: an input with an answer that was
/// not seen before becomes a parent of others.
/// </summary>
internal sealed class Fuzzer(int seed, IEnumerable<byte[]> corpus)
{
    private const int LargestCorpus = 2_000;
    private const int LargestInput = 100_000;
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _corpus = [.. corpus];
    private readonly HashSet<string> _answers = [];

    /// <summary>How long each target is fuzzed: BPC_FUZZ_SECONDS, one second in the ordinary run.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("BPC_FUZZ_SECONDS"), out var seconds) ? seconds : 1);

    /// <summary>A line about the run; whatever the target throws fails it, with seed and input.</summary>
    public string Run(string name, Func<byte[], string> target, IReadOnlyList<byte[]> words)
    {
        var started = Stopwatch.GetTimestamp();
        var (inputs, slowest) = (0L, TimeSpan.Zero);
        while (Stopwatch.GetElapsedTime(started) < Duration)
        {
            var input = Mutated(_corpus[_random.Next(_corpus.Count)], words);
            var (answer, took) = Timed(target, input);
            if (took >= s_hang) // the machine may have stood still; the input shows it a second time
            {
                took = Timed(target, input).Took;
            }

            slowest = took > slowest ? took : slowest;
            Assert.True(took < s_hang, $"seed {seed}: {took} for {Convert.ToBase64String(input)}");
            inputs++;
            if (_corpus.Count < LargestCorpus && _answers.Add(answer))
            {
                _corpus.Add(input);
            }
        }

        return $"{name}: seed {seed}, {inputs} inputs in {Duration.TotalSeconds:0} s, "
            + $"{_answers.Count} different answers, slowest {slowest.TotalMilliseconds:0} ms, no crash, no hang";
    }

    private (string Answer, TimeSpan Took) Timed(Func<byte[], string> target, byte[] input)
    {
        var begun = Stopwatch.GetTimestamp();
        var answer = Answer(target, input);
        return (answer, Stopwatch.GetElapsedTime(begun));
    }

    private string Answer(Func<byte[], string> target, byte[] input)
    {
        try
        {
            return target(input);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}: {e.Message}\n{Convert.ToBase64String(input)}", e);
        }
    }

    private byte[] Mutated(byte[] parent, IReadOnlyList<byte[]> words)
    {
        var input = parent;
        for (var n = _random.Next(1, 5); n > 0; n--)
        {
            var at = _random.Next(input.Length + 1);
            var end = Math.Min(input.Length, at + _random.Next(1, 40));
            var other = _corpus[_random.Next(_corpus.Count)];
            input = _random.Next(7) switch
            {
                0 => [.. input[..at], .. input[end..]],
                1 => [.. input[..at], .. input[at..end], .. input[at..]],
                2 => [.. input[..at], .. words[_random.Next(words.Count)], .. input[at..]],
                3 => [.. input[..at], .. words[_random.Next(words.Count)], .. input[end..]],
                4 when at < input.Length => [.. input[..at], (byte)_random.Next(256), .. input[(at + 1)..]],
                5 => [.. input[..at], .. other[Math.Min(at, other.Length)..]],
                _ => [.. input[..at], .. Repeated(words[_random.Next(words.Count)]), .. input[at..]],
            };
        }

        return input.Length <= LargestInput ? input : input[..LargestInput];
    }

    // Deep and long things break parsers more than odd ones.
    private byte[] Repeated(byte[] word) =>
        [.. Enumerable.Repeat(word, 1 << _random.Next(9)).SelectMany(b => b)];
}
