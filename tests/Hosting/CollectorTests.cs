namespace Bpc.Tests.Hosting;

/// <summary>What every program asks of the runtime (Directory.Build.props).</summary>
public sealed class CollectorTests
{
    [Fact]
    public void The_largest_artefact_is_no_large_object_which_only_a_full_collection_takes() =>
        Assert.True(GC.GetGeneration(new byte[262_144]) < GC.MaxGeneration);
}
