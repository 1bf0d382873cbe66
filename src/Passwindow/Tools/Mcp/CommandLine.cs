using System.Text;

namespace Passwindow.Tools.Mcp;

/// <summary>Splits a command line at its spaces; single or double quotes keep a part together. No shell reads it.</summary>
internal static class CommandLine
{
    public static List<string> Split(string line)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        char quote = default;
        bool begun = false;
        foreach (char c in line)
        {
            if (quote != default)
            {
                if (c == quote)
                    quote = default;
                else
                    part.Append(c);
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                begun = true;
            }
            else if (!char.IsWhiteSpace(c))
            {
                part.Append(c);
                begun = true;
            }
            else if (begun)
            {
                parts.Add(part.ToString());
                part.Clear();
                begun = false;
            }
        }

        if (begun)
            parts.Add(part.ToString());
        return parts;
    }
}
