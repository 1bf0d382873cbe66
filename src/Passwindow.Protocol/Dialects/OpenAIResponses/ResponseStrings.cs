using System.Text.Json;
using System.Text.Json.Serialization;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>The small things of this dialect that a serializer spells.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, JsonElement>>))]
internal sealed partial class ResponseStrings : JsonSerializerContext;
