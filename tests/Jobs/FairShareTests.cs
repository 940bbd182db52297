using Bpc.Grains.Jobs.Claiming;

namespace Bpc.Tests.Jobs;

/// <summary>How slots for jobs are divided between tenants.</summary>
public sealed class FairShareTests
{
    private static readonly Guid s_a = new(1, 0, 0, new byte[8]);
    private static readonly Guid s_b = new(2, 0, 0, new byte[8]);

    private readonly FairShare _shares = new();

    [Fact]
    public void Slots_are_divided_by_weight()
    {
        var quotas = _shares.Divide(new Dictionary<Guid, int> { [s_a] = 3, [s_b] = 1 }, 40);

        Assert.Equal((30, 10), (quotas[s_a], quotas[s_b]));
    }

    [Fact]
    public void One_at_a_time_gives_the_same_shares_as_all_at_once()
    {
        var starts = new Dictionary<Guid, int> { [s_a] = 0, [s_b] = 0 };
        for (var i = 0; i < 40; i++)
        {
            var next = Assert.Single(_shares.Divide(new Dictionary<Guid, int> { [s_a] = 3, [s_b] = 1 }, 1)).Key;
            _shares.Charge(next, next == s_a ? 3 : 1, 1);
            starts[next]++;
        }

        Assert.Equal((30, 10), (starts[s_a], starts[s_b]));
    }

    [Fact]
    public void A_newcomer_gets_the_next_slot_and_no_credit_for_the_time_it_was_away()
    {
        Run(s_a, times: 1000);

        var both = new Dictionary<Guid, int> { [s_a] = 1, [s_b] = 1 };
        var quotas = _shares.Divide(both, 10);

        Assert.Equal((5, 5), (quotas[s_a], quotas[s_b]));
    }

    [Fact]
    public void Who_was_alone_for_long_does_not_wait_for_the_others_to_catch_up()
    {
        Run(s_b, times: 1);
        Run(s_a, times: 1000);
        Run(s_b, times: 1);

        Assert.Equal(5, _shares.Divide(new Dictionary<Guid, int> { [s_a] = 1, [s_b] = 1 }, 10)[s_a]);
    }

    [Fact]
    public void Nobody_waiting_and_no_slots_divide_to_nothing()
    {
        Assert.Empty(_shares.Divide(new Dictionary<Guid, int>(), 10));
        Assert.Empty(_shares.Divide(new Dictionary<Guid, int> { [s_a] = 1 }, 0));
    }

    [Fact]
    public void Tenants_that_came_and_went_leave_nothing_behind()
    {
        var tenants = Enumerable.Range(1, 100).Select(n => new Guid(n, 0, 0, new byte[8])).ToList();
        tenants.ForEach(tenant => Run(tenant, times: 3));

        Assert.Equal(1, _shares.Remembered);
        _shares.Divide(new Dictionary<Guid, int> { [tenants[^1]] = 1 }, 1);

        Assert.Equal(0, _shares.Remembered); // all stand level
    }

    private void Run(Guid alone, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var quota = _shares.Divide(new Dictionary<Guid, int> { [alone] = 1 }, 1);
            _shares.Charge(alone, 1, quota[alone]);
        }
    }
}
