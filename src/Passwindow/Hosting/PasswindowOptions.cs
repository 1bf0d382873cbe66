using Microsoft.AspNetCore.Http;

namespace Passwindow;

/// <summary>
/// The settings. They are read from the configuration section <c>Passwindow</c> (<c>appsettings.json</c>, <c>Passwindow__Linger=0</c>,
/// <c>--Passwindow:Linger=0</c>) and can be changed in code. Durations are written there as <c>15</c> (seconds), <c>250ms</c>, <c>2m</c>, <c>1h</c>, <c>30d</c>,
/// <c>00:00:15</c> or <c>infinite</c>.
/// </summary>
public sealed class PasswindowOptions
{
    /// <summary>The default model, <c>provider/model</c>, or several separated by commas for failover. Default: the first provider's first model, else <c>demo</c>.</summary>
    public string? Model { get; set; }

    /// <summary>Where events are kept: a folder. Default <c>./data</c>.</summary>
    public string Journal { get; set; } = "./data";

    /// <summary>When an event counts as durable. Default <see cref="Durability.Fsync"/>.</summary>
    public Durability Durability { get; set; } = Durability.Fsync;

    /// <summary>
    /// How long a conversation is kept after its last turn began: then it is deleted with its journal, within an hour or a twenty-fourth of this
    /// time, whichever is less, but never while a turn runs in it. More than zero; <see cref="Timeout.InfiniteTimeSpan"/> keeps everything. Default infinite.
    /// </summary>
    public TimeSpan Retention { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// The same for a conversation that no list shows, because its client keeps the history itself: so long its turns can be watched, joined
    /// by their key and looked up. More than zero; infinite means that <see cref="Retention"/> holds for it too. Default 1 day.
    /// </summary>
    public TimeSpan UnlistedRetention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long the upstream goes on when nobody watches, counted from when the leaving is noticed. <see cref="TimeSpan.Zero"/> cancels at once,
    /// <see cref="Timeout.InfiniteTimeSpan"/> lets it finish. Default 15 seconds.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Seconds of silence after which a viewer is sent a comment, from 1 to 45: proxies cut at 50 to 60. Default 10.</summary>
    public int HeartbeatSeconds { get; set; } = 10;

    /// <summary>
    /// How long a model may take to its first token; it counts anew for each attempt. What it counts or pings meanwhile is no token. After it
    /// the next model of <see cref="Model"/> is asked, if there is one. Default 120 seconds.
    /// </summary>
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>How long the model may be silent between two tokens. Default 60 seconds.</summary>
    public TimeSpan TokenTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a turn may take as a whole. Default 15 minutes.</summary>
    public TimeSpan TurnTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many turns may run at once, at least 1. Default 10,000.</summary>
    public int MaxTurns { get; set; } = 10_000;

    /// <summary>How many rounds of tools are run within one turn, at least 1; when the model then asks for more, the turn ends with <c>tool_limit</c>. Default 8.</summary>
    public int MaxToolRounds { get; set; } = 8;

    /// <summary>The largest user message, in bytes of UTF-8, at least 1. Default 256 KiB.</summary>
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// The largest request that brings a whole conversation with it, as those of the standard dialects do, in bytes, at least 1; images within
    /// it count. Default 8 MiB.
    /// </summary>
    public int MaxHistoryBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>The largest answer, in bytes of events, at least 1; a longer one ends with <c>length</c>. Default 8 MiB.</summary>
    public int MaxAnswerBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long one call of a tool may take, where the tool has no limit of its own. Default 60 seconds.</summary>
    public TimeSpan ToolTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a person may take to approve a call; after that it counts as denied. The turn waits that long, within <see cref="TurnTimeout"/>. Default 10 minutes.
    /// </summary>
    public TimeSpan ApprovalTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The model that suggests three follow-up questions after an answer, <c>provider/model</c>; <c>off</c> for none. It is asked once, for at most 5 seconds.
    /// Default: none, except that the demo suggests its own.
    /// </summary>
    public string? Suggestions { get; set; }

    /// <summary>The MCP servers by name, whose tools the model may call.</summary>
    public Dictionary<string, McpServerOptions> Mcp { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How often a model that is unavailable, or limits our rate, is asked again before its first token, from 0 to 5; then the next one of
    /// <see cref="Model"/> is asked. The waits grow (0.5 s, 1 s, …), follow <c>Retry-After</c>, and are at most 30 seconds in all; a provider
    /// that asks for more fails at once. Default 2.
    /// </summary>
    public int UpstreamRetries { get; set; } = 2;

    /// <summary>
    /// Whether an answer that broke off after its first token is continued by the next model of <see cref="Model"/> whose provider can
    /// (<see cref="ProviderOptions.CanContinue"/>). A <c>seam</c> then stands where it broke. Default false: the turn ends with an <c>error</c>.
    /// </summary>
    public bool ContinueAfterBreak { get; set; }

    /// <summary>Whether the built-in model <c>demo</c> can be named. Default true.</summary>
    public bool Demo { get; set; } = true;

    /// <summary>
    /// Whether an Ollama on 127.0.0.1:11434 is looked for, once at start, when no other provider is configured. Default true.
    /// </summary>
    public bool FindOllama { get; set; } = true;

    /// <summary>Whether providers are reached through the proxy of the environment (<c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>NO_PROXY</c>). Default false.</summary>
    public bool UseProxy { get; set; }

    /// <summary>How many connections one provider may have. HTTP/2 carries many turns on one. Default 10,000, as many as <see cref="MaxTurns"/>.</summary>
    public int MaxConnectionsPerProvider { get; set; } = 10_000;

    /// <summary>The providers by name. Those of the well-known environment variables (<c>OPENAI_API_KEY</c> …) are added to them.</summary>
    public Dictionary<string, ProviderOptions> Providers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Tells who makes a request, for an app that signs its users in; null from it answers 401. While this is not set only this machine is
    /// served, as tenant <c>default</c>. Not part of the configuration.
    /// </summary>
    public Func<HttpContext, Caller?>? Identify { get; set; }
}
