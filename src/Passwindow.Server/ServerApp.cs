using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Passwindow.Hosting;
using Passwindow.Http;
using Passwindow.Upstream.Loops;

namespace Passwindow.Server;

/// <summary>The server: what an app of one's own would call, and the chat page.</summary>
internal static class ServerApp
{
    private const string DefaultUrl = "http://127.0.0.1:5280";

    /// <param name="args">Settings, as the command line has them.</param>
    /// <param name="add">What a test adds: tools, models.</param>
    public static WebApplication Create(string[] args, Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Not watched for changes: .NET would watch the whole folder, and the journal in it is written to all the time.
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = Directory.GetCurrentDirectory(),
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });

        // The lines that ASP.NET Core logs for each request hold the query string, and so a prompt (GET /chat/stream?prompt=…).
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning); // the announcement says it
        builder.WebHost.ConfigureKestrel(KestrelLimits.Apply);
        builder.WebHost.UseSockets(static sockets =>
        {
            KestrelLimits.Apply(sockets);
            InlineSockets.Apply(sockets);
        });
        builder.Services.AddSingleton<IConnectionListenerFactory>(static provider =>
            KestrelLimits.Bound(new InlineSockets(ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider))));
        if (OperatingSystem.IsLinux())
            builder.Services.AddSingleton<ReadLoops>().AddSingleton<IReadRounds, JournalRounds>();
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
            builder.WebHost.UseUrls(DefaultUrl);
        builder.Services.AddResponseCompression(static options => options.EnableForHttps = true); // of PageFiles alone
        builder.Services.AddSingleton<IEventOutputs, DirectEventOutputs>();
        builder.Services.AddPasswindow();
        builder.Services.AddHostedService<MemoryReturn>();
        if (OperatingSystem.IsLinux())
            builder.Services.AddHostedService<CollectorPriority>();
        add?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseMiddleware<PageHeaders>();
        PageFiles.Use(app);
        app.MapPasswindow();
        app.MapPasswindowDialects();
        app.MapPasswindowHealth();
        return app;
    }
}
