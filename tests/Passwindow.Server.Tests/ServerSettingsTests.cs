using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Passwindow.Server.Tests;

/// <summary>Where the server's settings come from.</summary>
public sealed class ServerSettingsTests
{
    [Fact]
    public async Task The_folder_it_runs_in_is_not_watched_for_it_holds_the_journal()
    {
        await using var app = ServerApp.Create([]);

        var files = ((IConfigurationRoot)app.Services.GetRequiredService<IConfiguration>()).Providers.OfType<FileConfigurationProvider>().ToList();
        Assert.NotEmpty(files);
        Assert.All(files, static file => Assert.False(file.Source.ReloadOnChange));
    }
}
