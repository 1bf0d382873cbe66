using System.Globalization;
using System.Text;

namespace Passwindow.Tests.Upstream.Faults;

/// <summary>The matrix as a Markdown table: one row a fault, one column an API.</summary>
internal static class FaultTable
{
    public static string Write(IEnumerable<FaultCell> cells)
    {
        var table = new StringBuilder();
        table.AppendLine("| # | fault | positions | OpenAI Chat | OpenAI Responses | Anthropic |").AppendLine("|---|---|---|---|---|---|");
        var rows = cells.GroupBy(static cell => (cell.Number, cell.Name))
            .Select(static row => (row.Key.Number, Text: Row(row.Key.Name, [.. row])))
            .Concat(FaultList.Elsewhere.Select(static each => (Number: each.Key, Text: $"{each.Value.Name} | {each.Value.Where} | | | |")));
        foreach (var (number, text) in rows.OrderBy(static row => row.Number))
            table.AppendLine(CultureInfo.InvariantCulture, $"| {number} | {text}");
        return table.ToString();
    }

    private static string Row(string name, List<FaultCell> cells)
    {
        string positions = string.Join(", ", cells.Select(static cell => cell.At).Distinct().Order().Select(Words));
        return $"{name.Replace("|", "\\|")} | {positions} | {string.Join(" | ", SpokenApi.All.Select(api => Outcome([.. cells.Where(cell => cell.Api.Type == api.Type)])))} |";
    }

    private static string Outcome(List<FaultCell> cells)
    {
        if (cells.Count == 0)
            return "does not apply";
        string outcome = string.Join("; ", cells.Select(static cell => string.Join(" or ", cell.Expected.Outcome.Select(static word => $"`{word}`"))).Distinct());
        int requests = cells.Max(static cell => cell.Expected.Requests);
        return requests > 1 ? $"{outcome}, {requests} requests" : outcome;
    }

    private static string Words(Position position) => position switch
    {
        Position.BeforeConnection => "before the connection",
        Position.BeforeHeaders => "before headers",
        Position.BeforeFirstEvent => "before the first event",
        Position.AfterFirstToken => "after the first token",
        Position.Middle => "in the middle",
        Position.InToolCall => "in a tool call",
        _ => "in the last event",
    };
}
