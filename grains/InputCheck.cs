using System.Buffers;
using System.Text;
using Bpc.Core;

namespace Bpc.Grains;

/// <summary>Collects what is wrong with a request, so that its sender hears of everything at once.</summary>
internal sealed class InputCheck
{
    private readonly List<Violation> _violations = [];

    public InputCheck Require(bool holds, string pointer, string message)
    {
        if (!holds)
        {
            _violations.Add(new(pointer, message));
        }

        return this;
    }

    /// <summary>A text of 1 to <paramref name="maxLength"/> characters.</summary>
    public InputCheck Text(string pointer, string? value, int maxLength) =>
        Require(!string.IsNullOrEmpty(value), pointer, $"is missing; 1 to {maxLength} characters are wanted")
            .OptionalText(pointer, value, maxLength);

    public InputCheck OptionalText(string pointer, string? value, int maxLength) =>
        Require(
            (value?.Length ?? 0) <= maxLength, pointer,
            $"has {value?.Length} characters; at most {maxLength} are allowed")
            .Require(
                IsStorable(value), pointer, "holds U+0000 or half of a surrogate pair; plain Unicode text is wanted");

    public InputCheck OneOf(string pointer, string? value, params IReadOnlyList<string> allowed) =>
        Require(
            allowed.Contains(value, StringComparer.Ordinal), pointer,
            $"is '{value}'; one of {string.Join(", ", allowed)} is wanted");

    /// <summary>VALIDATION_ERROR with every violation, where there is one.</summary>
    public void ThrowIfWrong()
    {
        if (_violations.Count > 0)
        {
            var detail = string.Join("; ", _violations.Select(v => $"{v.Where}: {v.Message}"));
            throw new BpcException(BpcError.Validation, detail, _violations);
        }
    }

    // PostgreSQL's text holds neither.
    private static bool IsStorable(string? value)
    {
        for (var rest = value.AsSpan(); !rest.IsEmpty;)
        {
            if (rest[0] == '\0' || Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }
}
