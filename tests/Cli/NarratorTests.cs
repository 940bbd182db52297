using Bpc.Cli;
using Bpc.Cli.Demo;

namespace Bpc.Tests.Cli;

public sealed class NarratorTests
{
    [Fact]
    public void A_command_or_link_to_copy_is_one_line_in_a_narrow_terminal()
    {
        using var output = new StringWriter();
        var console = new Terminal(output, TextWriter.Null).Out;
        console.Profile.Width = 80;
        var narrator = new Narrator(console);
        var command = $"./bpc verify /home/me/.bpc/demo/{Guid.CreateVersion7()}.json --key {new string('A', 44)}";
        var address = $"http://127.0.0.1:8080/sign-in?token={new string('b', 64)}";

        narrator.Detail(command);
        narrator.Link("dashboard", address);

        Assert.Equal(
            [$"    {command}", $"  {"dashboard",-18} {address}", ""],
            output.ToString().Split(Environment.NewLine).Select(line => line.TrimEnd()));
        Assert.Equal(80, console.Profile.Width);
    }
}
