using System.Text;
using Spectre.Console;

namespace Passwindow.Server.Chat;

/// <summary>The terminal as something to write to that a model cannot steer: what it says is text, never a control sequence.</summary>
internal sealed class Terminal(IAnsiConsole console)
{
    public IAnsiConsole Console => console;

    /// <summary>Text of the answer.</summary>
    public void Say(string text) => console.Write(new Text(Plain(text)));

    /// <summary>Something beside the answer.</summary>
    public void Whisper(string text) => console.Write(new Text(Plain(text), new Style(decoration: Decoration.Dim)));

    public void Warn(string text) => console.WriteLine(Plain(text), new Style(Color.Red));

    public void Line() => console.WriteLine();

    /// <summary>
    /// The text without what a terminal would obey: control characters but line feed and tab (ECMA-48 calls both ranges so, C0 and C1), and the
    /// marks that turn the direction of text round.
    /// </summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char letter in text)
        {
            bool obeyed = (char.IsControl(letter) && letter is not ('\n' or '\t')) || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
            if (!obeyed)
                plain.Append(letter);
        }

        return plain.ToString();
    }
}
