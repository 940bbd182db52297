using Bpc.Core;
using Bpc.Hosting;

namespace Bpc.Tests.Hosting;

public sealed class KeptSecretTests : IDisposable
{
    private const string Variable = "BPC_API_KEY_PEPPER_BASE64";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpc-secret-");
    private readonly List<string> _said = [];

    private KeptSecret Pepper => KeptSecret.Pepper(new(_folder.FullName, _folder.FullName));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_stands_in_for_a_variable_that_is_not_set_and_is_the_same_the_next_time()
    {
        var (first, second) = (new Dictionary<string, string>(), new Dictionary<string, string> { [Variable] = " " });

        Pepper.FillIn(first, _said.Add);
        Pepper.FillIn(second, _said.Add);

        Assert.Equal(32, Convert.FromBase64String(first[Variable]).Length);
        Assert.Equal(first[Variable], second[Variable]);
        Assert.Equal(
            [
                $"{Variable} is not set: making one in {Pepper.File}",
                $"{Variable} is not set: using the one in {Pepper.File}",
            ],
            _said);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Pepper.File));
    }

    [Fact]
    public void A_variable_that_is_set_stands_and_nothing_is_made()
    {
        var variables = new Dictionary<string, string> { [Variable] = "mine" };

        Pepper.FillIn(variables, _said.Add);

        Assert.Equal("mine", variables[Variable]);
        Assert.Empty(_said);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task All_who_ask_at_once_get_the_same()
    {
        using var start = new Barrier(8);
        var read = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Pepper.Read();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(44, Assert.Single(read.Distinct()).Length);
        Assert.Single(_folder.GetFiles("*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_folder_it_cannot_be_kept_in_is_a_wrong_setting()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "keys"), "a file where the folder would be");

        var refused = Assert.Throws<BpcException>(() => Pepper.FillIn([], _said.Add));

        Assert.Equal(BpcError.ConfigMissing, refused.Code);
        Assert.StartsWith($"{Variable}: not set, and none can be kept in ", refused.Message, StringComparison.Ordinal);
    }
}
