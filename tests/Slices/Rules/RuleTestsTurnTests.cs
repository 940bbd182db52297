using Bpc.Grains.Rules;
using Microsoft.Extensions.Time.Testing;

namespace Bpc.Tests.Slices.Rules;

public sealed class RuleTestsTurnTests
{
    [Fact]
    public void One_has_the_turn_and_the_others_wait_about_as_long_as_it_has_had_it()
    {
        var clock = new FakeTimeProvider();
        var turn = new RuleTestsTurn(clock);
        Assert.Equal(TimeSpan.Zero, turn.Take(random: 0));

        Assert.Equal(TimeSpan.FromSeconds(0.5), turn.Take(random: 0));
        Assert.Equal(TimeSpan.FromSeconds(1.5), turn.Take(random: 1));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(10), turn.Take(random: 0.5));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(30), turn.Take(random: 0.5));

        turn.End();
        Assert.Equal(TimeSpan.Zero, turn.Take(random: 0));
    }
}
