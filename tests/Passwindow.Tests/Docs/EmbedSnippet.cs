using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol;

namespace Passwindow.Tests.Docs;

/// <summary>The README's app, compiled.</summary>
internal static class EmbedSnippet
{
    public static void Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddPasswindow(options =>
        {
            options.Journal = "./chat-journal";
            options.Identify = context => context.User.Identity is { IsAuthenticated: true, Name: { } name }
                ? new Caller(TenantId.Default, User: name)
                : null; // 401
        });

        var app = builder.Build();
        app.MapPasswindow("/chat");
        app.MapPasswindowDialects(); // /v1, /api/chat, /ag-ui, /streams: the SDKs that people have
        app.Run();
    }
}
