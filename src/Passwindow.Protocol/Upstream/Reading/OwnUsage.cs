using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// The provider's own <c>usage</c>, as it spelled it: it says more than the counts that all have in common. A part of a later report takes the
/// place of the same part of an earlier one.
/// </summary>
internal sealed class OwnUsage
{
    /// <summary>The most bytes that are kept; of a provider that says more nothing is.</summary>
    public const int MaxBytes = 4096;

    private const int MaxBrackets = 40;

    private readonly ArrayBufferWriter<byte> _last = new();
    private byte[] _before = [];

    /// <summary>Takes a report; it is copied.</summary>
    /// <param name="json">An object that has been read.</param>
    /// <param name="isWhole">Whether it says all that the ones before said.</param>
    public void Keep(ReadOnlySpan<byte> json, bool isWhole)
    {
        if (!isWhole && _last.WrittenCount > 0)
            _before = Merged();
        _last.ResetWrittenCount();
        _last.Write(json);
    }

    /// <summary>All of it; null if there is none, or more than is kept.</summary>
    public byte[]? ToJson()
    {
        if (_last.WrittenCount is 0 or > MaxBytes)
            return null;
        byte[] all = Merged();

        // What is nested deeper than an event may be cannot be kept.
        return all.Length <= MaxBytes && all.Count(static letter => letter is (byte)'{' or (byte)'[') <= MaxBrackets ? all : null;
    }

    private byte[] Merged()
    {
        if (_before.Length == 0)
            return _last.WrittenSpan.ToArray();
        var names = new List<string>();
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in JsonElement.Parse(_before).EnumerateObject().Concat(JsonElement.Parse(_last.WrittenSpan).EnumerateObject()))
        {
            if (!values.TryGetValue(field.Name, out _))
                names.Add(field.Name);
            if (field.Value.ValueKind != JsonValueKind.Null || !values.ContainsKey(field.Name))
                values[field.Name] = field.Value;
        }

        var merged = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(merged, EventWriter.Options))
        {
            json.WriteStartObject();
            foreach (string name in names)
            {
                json.WritePropertyName(name);
                values[name].WriteTo(json);
            }

            json.WriteEndObject();
        }

        return merged.WrittenSpan.ToArray();
    }
}
