namespace Bpc.Core.Rules.Syntax;

/// <summary>
/// How many steps of an expression stand in each other. Operators and calls in a row are read without nesting, yet each
/// stands in the next; a bound keeps checking and running them within any stack. Measured without recursion, for the
/// same reason.
/// </summary>
internal static class ExprHeight
{
    public const int Most = 256;

    public static bool IsTooHigh(Expr expression)
    {
        var waiting = new Stack<(Expr Expression, int Depth)>([(expression, 1)]);
        while (waiting.TryPop(out var next))
        {
            if (next.Depth > Most)
            {
                return true;
            }

            foreach (var child in Children(next.Expression))
            {
                waiting.Push((child, next.Depth + 1));
            }
        }

        return false;
    }

    private static IEnumerable<Expr> Children(Expr expression) => expression switch
    {
        Expr.Member e => [e.Target],
        Expr.Call e => e.Arguments,
        Expr.Lambda e => [e.Body],
        Expr.Unary e => [e.Operand],
        Expr.Binary e => [e.Left, e.Right],
        Expr.If e => [e.Condition, e.Then, e.Else],
        Expr.Let e => [e.Value, e.Body],
        Expr.List e => e.Items,
        Expr.Record e => e.Members.Select(member => member.Value),
        _ => [],
    };
}
