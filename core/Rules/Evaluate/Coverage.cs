namespace Bpc.Core.Rules.Evaluate;

/// <summary>Which branches and fields a set of runs has reached.</summary>
internal sealed class Coverage(int branches)
{
    private readonly bool[] _branches = new bool[branches];
    private readonly HashSet<string> _fields = new(StringComparer.Ordinal);

    public void Branch(int branch)
    {
        if (branch >= 0)
        {
            _branches[branch] = true;
        }
    }

    public void Field(string path) => _fields.Add(path);

    public bool Reached(int branch) => _branches[branch];

    public bool Reached(string field) => _fields.Contains(field);
}
