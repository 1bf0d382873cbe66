using Passwindow.Bench.Load;

namespace Passwindow.Bench.Relay;

/// <summary>The servers that are compared.</summary>
internal static class Subjects
{
    public const string Fsync = "passwindow fsync";
    public const string Os = "passwindow os";

    private const int FullGigabytes = 10;

    /// <summary>A byte relay: the least that any server between a provider and a viewer can cost.</summary>
    public static Subject Nginx { get; } = new(
        "nginx",
        static place => ["nginx", "-p", place.Folder, "-c", Path.Combine(place.Folder, "nginx.conf")],
        new RequestShape("/v1/chat/completions", """{"model":"bench","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"{prompt}"}]}"""))
    {
        Prepare = static place => File.WriteAllTextAsync(Path.Combine(place.Folder, "nginx.conf"), $$"""
            daemon off;
            worker_processes 1;
            worker_rlimit_nofile 20000;
            pid {{place.Folder}}/nginx.pid;
            error_log {{place.Folder}}/error.log;
            events { worker_connections 16000; }
            http {
              access_log off;
              client_body_temp_path {{place.Folder}}/body; proxy_temp_path {{place.Folder}}/proxy;
              fastcgi_temp_path {{place.Folder}}/fastcgi; uwsgi_temp_path {{place.Folder}}/uwsgi; scgi_temp_path {{place.Folder}}/scgi;
              upstream provider { server 127.0.0.1:{{place.Provider}}; keepalive 1024; }
              server {
                listen 127.0.0.1:{{place.Port}} backlog=4096;
                location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 1h; }
              }
            }
            """),
    };

    /// <summary>What one writes first: the official SDK, the framework's events, a file appended to, no sync.</summary>
    public static Subject Naive { get; } = new(
        "naive ASP.NET Core",
        static place => ["dotnet", Built.Program("bench", "Passwindow.Bench.Naive"), Url(place.Port), Url(place.Provider) + "/v1", place.Folder],
        new RequestShape("/chat", """{"message":"{prompt}"}"""));

    /// <summary>This tree's Passwindow on a journal that has been in use for long.</summary>
    public static Subject OnFullJournal { get; } = Passwindow("passwindow fsync, full journal", Built.Server, "fsync") with
    {
        Prepare = static place => FullJournal.FillAsync(JournalOf(place), FullGigabytes),
    };

    /// <summary>Passwindow as a build has it.</summary>
    public static Subject Passwindow(string name, string program, string durability, params string[] settings) => new(
        name,
        place =>
        [
            "dotnet", program, "serve", $"--urls={Url(place.Port)}", $"--Passwindow:Journal={JournalOf(place)}", $"--Passwindow:Durability={durability}",
            "--Passwindow:Linger=0", "--Passwindow:MaxAnswerBytes=1073741824", "--Passwindow:Model=openai/bench",
            "--Passwindow:Providers:openai:Type=OpenAI", $"--Passwindow:Providers:openai:BaseUrl={Url(place.Provider)}/v1", "--Passwindow:Providers:openai:Models=bench",
            "--Passwindow:Providers:anthropic:Type=Anthropic", $"--Passwindow:Providers:anthropic:BaseUrl={Url(place.Provider)}", "--Passwindow:Providers:anthropic:Models=bench",
            "--Passwindow:Providers:responses:Type=OpenAIResponses", $"--Passwindow:Providers:responses:BaseUrl={Url(place.Provider)}/v1", "--Passwindow:Providers:responses:Models=bench",
            .. settings,
        ],
        new RequestShape("/chat", """{"message":"{prompt}"}"""))
    {
        WatchPath = "/chat/turns/{turn}/events",
    };

    /// <summary>Where Passwindow keeps its journal.</summary>
    public static string JournalOf(Place place) => Path.Combine(place.Folder, "journal");

    private static string Url(int port) => $"http://127.0.0.1:{port}";
}
