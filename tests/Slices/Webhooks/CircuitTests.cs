using Bpc.Core.Webhooks;

namespace Bpc.Tests.Slices.Webhooks;

public sealed class CircuitTests
{
    private static readonly DateTimeOffset s_start = new(2027, 2, 18, 0, 0, 0, TimeSpan.Zero);

    private readonly Circuit _circuit = new(limit: 2);

    [Fact]
    public void It_opens_after_five_failures_in_a_row_and_an_answer_between_them_starts_the_count_anew()
    {
        Fail(4);
        Deliver(answered: true, s_start);
        Assert.False(Fail(4));
        Assert.Null(_circuit.OpenUntil);

        Assert.True(Fail(1));

        Assert.Equal(s_start + Circuit.FirstOpening, _circuit.OpenUntil);
        Assert.Equal(s_start, _circuit.FailingSince);
        Assert.True(_circuit.Admit(Guid.NewGuid(), s_start) >= Circuit.FirstOpening);
    }

    [Fact]
    public void Half_open_lets_one_delivery_probe_and_its_answer_closes_it()
    {
        Fail(5);
        var later = s_start + Circuit.FirstOpening;
        var probe = Guid.NewGuid();

        Assert.Equal(TimeSpan.Zero, _circuit.Admit(probe, later));
        Assert.NotEqual(TimeSpan.Zero, _circuit.Admit(Guid.NewGuid(), later));
        Assert.True(_circuit.Complete(probe, answered: true, later));

        Assert.Null(_circuit.OpenUntil);
        Assert.Null(_circuit.FailingSince);
        Assert.Equal(TimeSpan.Zero, _circuit.Admit(Guid.NewGuid(), later));
    }

    [Fact]
    public void A_probe_that_fails_doubles_the_opening_up_to_a_quarter_of_an_hour()
    {
        Fail(5);
        var openings = new List<double>();
        for (var probes = 0; probes < 8; probes++)
        {
            var now = _circuit.OpenUntil!.Value;
            Assert.True(Deliver(answered: false, now));
            openings.Add((_circuit.OpenUntil.Value - now).TotalSeconds);
        }

        Assert.Equal([60, 120, 240, 480, 900, 900, 900, 900], openings);
    }

    [Fact]
    public void What_was_under_way_when_it_opened_does_not_double_the_opening()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        Fail(4);
        _circuit.Admit(first, s_start);
        _circuit.Admit(second, s_start);

        Assert.True(_circuit.Complete(first, answered: false, s_start));
        Assert.False(_circuit.Complete(second, answered: false, s_start + TimeSpan.FromSeconds(1)));

        Assert.Equal(s_start + Circuit.FirstOpening, _circuit.OpenUntil);
    }

    [Fact]
    public void A_test_ping_goes_through_an_open_circuit_and_closes_it()
    {
        Fail(5);
        var ping = Guid.NewGuid();

        Assert.Equal(TimeSpan.Zero, _circuit.Admit(ping, s_start, evenIfOpen: true));
        Assert.True(_circuit.Complete(ping, answered: true, s_start));

        Assert.Null(_circuit.OpenUntil);
    }

    [Fact]
    public void No_more_than_the_limit_are_under_way_and_the_others_come_back_one_after_another()
    {
        _circuit.Admit(Guid.NewGuid(), s_start);
        _circuit.Admit(Guid.NewGuid(), s_start);
        var now = s_start + TimeSpan.FromSeconds(20);

        var waits = Enumerable.Range(0, 5).Select(_ => _circuit.Admit(Guid.NewGuid(), now).TotalSeconds);

        Assert.Equal([10, 20, 30, 40, 50], waits); // two at a time, and they have taken 20 s so far
    }

    [Fact]
    public void The_longest_wait_is_a_quarter_of_an_hour()
    {
        _circuit.Admit(Guid.NewGuid(), s_start);
        _circuit.Admit(Guid.NewGuid(), s_start);
        var waits = Enumerable.Range(0, 1000)
            .Select(_ => _circuit.Admit(Guid.NewGuid(), s_start + TimeSpan.FromSeconds(30))).ToList();

        Assert.Equal(TimeSpan.FromMinutes(15), waits[^1]);
    }

    [Fact]
    public void A_delivery_that_was_never_reported_holds_its_place_only_for_a_while()
    {
        _circuit.Admit(Guid.NewGuid(), s_start);
        _circuit.Admit(Guid.NewGuid(), s_start);

        Assert.NotEqual(TimeSpan.Zero, _circuit.Admit(Guid.NewGuid(), s_start + TimeSpan.FromSeconds(40)));
        Assert.Equal(TimeSpan.Zero, _circuit.Admit(Guid.NewGuid(), s_start + TimeSpan.FromSeconds(46)));
    }

    [Fact]
    public void A_failure_after_days_without_a_delivery_says_nothing_of_those_days()
    {
        Fail(5);
        Deliver(answered: false, s_start + Circuit.FirstOpening);
        var later = s_start + TimeSpan.FromDays(10);
        Deliver(answered: false, later);

        Assert.Equal(later, _circuit.FailingSince);
    }

    private bool Fail(int times) =>
        Enumerable.Range(0, times).Select(_ => Deliver(answered: false, s_start)).ToList()[^1];

    private bool Deliver(bool answered, DateTimeOffset now)
    {
        var ticket = Guid.NewGuid();
        Assert.Equal(TimeSpan.Zero, _circuit.Admit(ticket, now));
        return _circuit.Complete(ticket, answered, now);
    }
}
