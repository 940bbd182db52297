namespace Bpc.Core.Rules.Evaluate;

/// <summary>A checked expression, compiled: it derives its value and the proof of it.</summary>
internal delegate Traced CompiledExpression(Evaluation run);
