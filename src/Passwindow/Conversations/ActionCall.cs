using System.Text;
using System.Text.Json;

namespace Passwindow.Conversations;

/// <summary>
/// An action is a call that is shown to the client as <c>{"type": NAME, …arguments}</c> and that nobody answers; the model is told that it is done.
/// </summary>
internal static class ActionCall
{
    /// <summary>What the model is told of it.</summary>
    public const string Result = "\"done\"";

    /// <summary>The action as the client sees it. An argument named <c>type</c> cannot be: no action declares one.</summary>
    /// <param name="name">The action: of the alphabet of ids, which needs no escaping.</param>
    /// <param name="arguments">An object; it is taken as it was written.</param>
    public static byte[] Write(string name, JsonElement arguments)
    {
        string rest = arguments.GetRawText()[1..].TrimStart();
        return Encoding.UTF8.GetBytes($"{{\"type\":\"{name}\"{(rest == "}" ? "" : ",")}{rest}");
    }

    /// <summary>The call that the action was.</summary>
    public static (string Name, string Arguments) Read(ReadOnlySpan<byte> action)
    {
        using var document = JsonDocument.Parse(action.ToArray());
        using var arguments = new MemoryStream();
        using (var json = new Utf8JsonWriter(arguments))
        {
            json.WriteStartObject();
            foreach (var field in document.RootElement.EnumerateObject().Where(static field => field.Name != "type"))
                field.WriteTo(json);
            json.WriteEndObject();
        }

        return (document.RootElement.GetProperty("type").GetString() ?? "", Encoding.UTF8.GetString(arguments.ToArray()));
    }
}
