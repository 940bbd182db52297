using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bpc.Core.Rules.Tests;

/// <summary>
/// The draws of one property (SplitMix64): the same on every machine and every version of .NET, which System.Random
/// does not promise.
/// </summary>
internal sealed class CaseRandom
{
    private ulong _state;

    public CaseRandom(string property, long propertySeed, long runSeed)
    {
        var named = Encoding.UTF8.GetBytes(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{property}/{propertySeed}/{runSeed}"));
        _state = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(named));
    }

    /// <summary>
    /// The case of that number: the bounds first, for mistakes live there, then at random with a bound now and then.
    /// </summary>
    public long[] Case(int number, IReadOnlyList<Domain> domains) => [.. domains.Select(domain => number switch
    {
        0 => domain.Low,
        1 => domain.High,
        2 => domain.Simplest,
        _ => (Next() % 16) switch
        {
            0 => domain.Low,
            1 => domain.High,
            _ => Between(domain.Low, domain.High),
        },
    })];

    private long Between(long low, long high) =>
        (long)((Int128)low + (Int128)(Next() % (UInt128)((Int128)high - low + 1)));

    private ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
