using Xunit;

namespace Passwindow.Server.Tests;

/// <summary>What keeps the program from starting is said in one line, and the exit code is 1.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused_and_told_who_holds_it()
    {
        using var folder = new Folder();
        await using var first = await ServerProcess.StartAsync(folder.Journal, upstream: null);
        var (code, output) = await ServerProcess.RunAsync([$"--Passwindow:Journal={folder.Journal}"]);

        Assert.Equal(1, code);
        Assert.Contains(folder.Journal, output, StringComparison.Ordinal);
        Assert.Contains($"pid {first.Id}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal); // no stack trace
        using var http = new HttpClient();
        Assert.Equal("ready", await http.GetStringAsync(new Uri(first.Address, "/readyz")));
    }

    [Theory]
    [InlineData("--Passwindow:Linger=soon", "Passwindow:Linger")]
    [InlineData("--Passwindow:Linger=-1", "Passwindow:Linger")]
    [InlineData("--Passwindow:Lingr=0", "Passwindow:Lingr")]
    [InlineData("--Passwindow:MaxTurns=0", "Passwindow:MaxTurns")]
    [InlineData("--Passwindow:HeartbeatSeconds=60", "Passwindow:HeartbeatSeconds")]
    [InlineData("--Passwindow:Durability=maybe", "Passwindow:Durability")]
    [InlineData("--Passwindow:Journal=", "Passwindow:Journal")]
    [InlineData("--Passwindow:Journal=postgres://localhost/x", "Passwindow:Journal")]
    [InlineData("--Passwindow:Providers:x:Type=Gemini", "Passwindow:Providers:x:Type")]
    [InlineData("--Passwindow:Providers:x:BaseUrl=nowhere", "Passwindow:Providers:x:BaseUrl")]
    [InlineData("--Passwindow:Journal=/proc/nowhere", "/proc/nowhere")]
    [InlineData("--Passwindow:Model=nobody/m", "Passwindow:Model")]
    [InlineData("--Passwindow:Suggestions=nobody/m", "Passwindow:Suggestions")]
    public async Task A_wrong_setting_is_named(string argument, string named)
    {
        using var folder = new Folder();
        var (code, output) = await ServerProcess.RunAsync([$"--Passwindow:Journal={folder.Journal}", argument]);

        Assert.Equal(1, code);
        Assert.Contains(named, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Passwindow serves on", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var folder = new Folder();
        using var other = new Folder();
        await using var first = await ServerProcess.StartAsync(folder.Journal, upstream: null);
        var (code, output) = await ServerProcess.RunAsync([$"--Passwindow:Journal={other.Journal}", "--urls", first.Address.ToString()]);

        Assert.Equal(1, code);
        Assert.Contains($":{first.Address.Port}", output, StringComparison.Ordinal);
    }
}
