using Bpc.Grains.Storage;

namespace Bpc.Grains.Jobs.Committing;

/// <summary>
/// A handler's write changed another number of rows than it must: the state it was computed from is no longer there.
/// </summary>
internal sealed class WriteRefusedException(Write write, int changed)
    : Exception($"a write changed {changed} rows instead of {write.Rows}: {write.Sql.ReplaceLineEndings(" ").Trim()}");
