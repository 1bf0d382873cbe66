using System.Globalization;

namespace Passwindow.Hosting;

/// <summary>
/// How durations are written in settings: <c>15</c> (seconds), <c>250ms</c>, <c>15s</c>, <c>2m</c>, <c>1h</c>, <c>30d</c>, <c>00:00:15</c>, and <c>infinite</c>
/// where that makes sense. A bare number is seconds, not the days that <see cref="TimeSpan.Parse(string)"/> would make of it.
/// </summary>
internal static class Duration
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
        ("", TimeSpan.FromSeconds(1)),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        text = text.Trim();
        duration = Timeout.InfiniteTimeSpan;
        if (text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
            return true;
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero;
        foreach (var (unit, length) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            if (!double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) || count > 1e6)
                return false;
            duration = length * count;
            return true;
        }

        return false;
    }
}
