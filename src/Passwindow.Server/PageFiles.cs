using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Passwindow.Server;

/// <summary>The built pages (<c>web/dist</c>), as they lie beside the program.</summary>
internal static class PageFiles
{
    private const string NotBuilt = "The chat page is not built: run `npm ci && npm run build` in web/ and build again, or start with ./run. The API is here: /openapi.json.\n";

    /// <summary>What the build names by its content never changes under its name; everything else is asked for again, and mostly answered with 304.</summary>
    private static readonly PathString Hashed = "/assets";

    private static readonly CacheControlHeaderValue ForGood = new() { Public = true, MaxAge = TimeSpan.FromDays(365), Extensions = { new NameValueHeaderValue("immutable") } };
    private static readonly CacheControlHeaderValue AskAgain = new() { NoCache = true };

    public static void Use(WebApplication app)
    {
        // Of all that is served only these files are compressed: an event stream has to leave as it is written.
        app.UseWhen(static context => context.Request.Path.StartsWithSegments(Hashed), static assets => assets.UseResponseCompression());
        app.UseDefaultFiles();
        app.UseStaticFiles(Options());
        app.MapFallbackToFile("/inspect/{turn}", "inspect.html", Options()); // which reads of its address which turn it shows
        if (!File.Exists(Path.Combine(app.Environment.WebRootPath ?? "", "index.html")))
            app.MapGet("/", static () => Results.Text(NotBuilt, statusCode: StatusCodes.Status404NotFound));
    }

    private static StaticFileOptions Options() => new() { OnPrepareResponse = SetCaching };

    private static void SetCaching(StaticFileResponseContext file) =>
        new ResponseHeaders(file.Context.Response.Headers).CacheControl = file.Context.Request.Path.StartsWithSegments(Hashed) ? ForGood : AskAgain;
}
