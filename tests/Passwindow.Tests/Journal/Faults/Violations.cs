using Xunit;

namespace Passwindow.Tests.Journal.Faults;

internal static class Violations
{
    public static void AssertNone(List<string> violations) =>
        Assert.True(violations.Count == 0, $"{violations.Count} violations, the first of them:\n{string.Join('\n', violations.Take(5))}");
}
