using System.Text;

namespace Bpc.Cli.Demo;

/// <summary>A QR code in half blocks: two modules a character, so that it is square in a terminal.</summary>
internal static class TerminalQr
{
    /// <summary>
    /// Light modules are drawn, dark ones left: on a dark terminal a phone reads it, on a light one most do (inverted
    /// codes).
    /// </summary>
    public static IEnumerable<string> Lines(bool[][] modules)
    {
        for (var row = 0; row < modules.Length; row += 2)
        {
            var line = new StringBuilder(modules[row].Length);
            for (var column = 0; column < modules[row].Length; column++)
            {
                var upperDark = modules[row][column];
                var lowerDark = row + 1 < modules.Length && modules[row + 1][column];
                line.Append((upperDark, lowerDark) switch
                {
                    (false, false) => '█',
                    (false, true) => '▀',
                    (true, false) => '▄',
                    _ => ' ',
                });
            }

            yield return line.ToString();
        }
    }
}
