using Microsoft.Extensions.Logging;
using Passwindow.Protocol;

namespace Passwindow.Upstream;

/// <summary>What is logged of upstreams. At Debug, since a provider's words may quote the conversation.</summary>
internal static partial class UpstreamLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Provider {Provider} answered HTTP {Status}: {Said}")]
    public static partial void Refused(ILogger log, string provider, int status, string? said);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The connection to provider {Provider} failed")]
    public static partial void Broke(ILogger log, Exception thrown, string provider);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The answer of provider {Provider} ended with {Code}: {Said}")]
    public static partial void Failed(ILogger log, Exception? thrown, string provider, ErrorCode code, string? said);

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model} failed with {Code} before its first token; it is asked again in {Seconds} s")]
    public static partial void Retries(ILogger log, string model, ErrorCode code, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model {Model} failed with {Code}; {Next} is asked instead")]
    public static partial void FailsOver(ILogger log, string model, ErrorCode code, string next);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The chat client failed")]
    public static partial void ClientFailed(ILogger log, Exception thrown);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ollama answers at {Url}: {Models}")]
    public static partial void OllamaFound(ILogger log, Uri url, string models);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No Ollama answers at {Url}")]
    public static partial void OllamaMissing(ILogger log, Uri url, Exception? thrown);
}
