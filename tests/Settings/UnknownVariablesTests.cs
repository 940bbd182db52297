using Bpc.Core.Settings;

namespace Bpc.Tests.Settings;

public sealed class UnknownVariablesTests
{
    [Fact]
    public void A_mistyped_name_is_told_with_the_nearest_there_is() => Assert.Equal(
        [
            "BPC_DB_HOTS is no setting and is ignored; did you mean BPC_DB_HOST?",
            "BPC_SOMETHING_ELSE_ALTOGETHER is no setting and is ignored; docs/settings.md has them all",
        ],
        UnknownVariables.Among(["BPC_SOMETHING_ELSE_ALTOGETHER", "BPC_DB_HOTS", "BPC_DB_PORT", "BPC_HOME", "PATH"]));
}
