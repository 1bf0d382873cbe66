using System.Text.RegularExpressions;
using Xunit;

namespace Passwindow.Tests.House;

/// <summary>Inside Passwindow knowledge runs one way (ARCHITECTURE.md, "The rooms").</summary>
public sealed partial class RoomTests
{
    /// <summary>What each room may know, beside Protocol and the public types of the root namespace.</summary>
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Clock"] = [],
        ["Diagnostics"] = [],
        ["Journal"] = ["Diagnostics"],
        ["Upstream"] = ["Diagnostics"],
        ["Tools"] = ["Diagnostics"],
        ["Conversations"] = ["Journal", "Clock", "Diagnostics"],
        ["Turns"] = ["Upstream", "Tools", "Conversations", "Journal", "Clock", "Diagnostics"],
        ["Viewers"] = ["Journal", "Clock", "Diagnostics"],
        ["Http"] = ["Turns", "Viewers", "Conversations", "Journal", "Upstream", "Tools", "Clock", "Diagnostics"],
        ["Hosting"] = ["Http", "Turns", "Viewers", "Conversations", "Journal", "Upstream", "Tools", "Clock", "Diagnostics"],
    };

    public static TheoryData<string> Rooms => [.. MayKnow.Keys.Where(static room => Directory.Exists(Path.Combine(SourceTree.Root, "src/Passwindow", room)))];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_the_rooms_below_it(string room)
    {
        var strangers =
            from path in SourceTree.CSharp($"src/Passwindow/{room}")
            from Match match in RoomName().Matches(File.ReadAllText(path))
            let other = match.Groups[1].Value
            where other != room && MayKnow.ContainsKey(other) && !MayKnow[room].Contains(other)
            select $"{SourceTree.Name(path)} knows {other}";
        Assert.Empty(strangers.Distinct());
    }

    [Fact]
    public void Every_folder_of_the_library_is_a_room_with_a_place_in_the_order()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "src/Passwindow"))
            .Select(Path.GetFileName)
            .Where(static name => name is not ("bin" or "obj"));
        Assert.Empty(folders.Except(MayKnow.Keys));
    }

    [Fact]
    public void The_protocol_knows_nothing_but_the_base_class_library()
    {
        var references = typeof(Protocol.CommittedEvent).Assembly.GetReferencedAssemblies().Select(static name => name.Name!);
        Assert.All(references, static name => Assert.True(name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard", name));
    }

    [Fact]
    public void Only_a_journal_makes_committed_events()
    {
        var sources = typeof(PasswindowOptions).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(Protocol.CommittedEventSource)));
        Assert.NotEmpty(sources);
        Assert.All(sources, static type => Assert.StartsWith("Passwindow.Journal", type.Namespace, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"(?:using|namespace:)?\bPasswindow\.([A-Z][A-Za-z]+)\b(?!\.cs)")]
    private static partial Regex RoomName();
}
