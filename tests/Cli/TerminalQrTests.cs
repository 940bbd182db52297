using Bpc.Cli.Demo;

namespace Bpc.Tests.Cli;

public sealed class TerminalQrTests
{
    [Fact]
    public void Two_rows_of_modules_are_one_line_in_which_light_is_drawn()
    {
        bool[][] modules = [[false, false, true, true], [false, true, false, true], [true, false, true, false]];

        Assert.Equal(["█▀▄ ", "▄█▄█"], TerminalQr.Lines(modules));
    }
}
