using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Passwindow.Tools;

/// <summary>
/// Runs one call of a tool, within its time and with a container scope of its own. Nobody knows how well a tool obeys a cancellation, so it
/// is never waited for: it is told, left behind, and its scope goes when it comes back.
/// </summary>
internal sealed partial class ToolRunner(IServiceScopeFactory scopes, ToolLimits limits, TimeProvider time, ILogger<ToolRunner> log)
{
    public ToolLimits Limits => limits;

    public TimeProvider Time => time;

    /// <summary>Tells the operator of a call that is not run.</summary>
    public void Refused(string tool, bool isAction, string turn, string why)
    {
        if (isAction)
            LogActionRejected(tool, turn, why);
        else
            LogRefused(tool, turn, why);
    }

    /// <summary>Runs it. Throws only when <paramref name="cancellation"/> is cancelled.</summary>
    public async Task<ToolOutcome> RunAsync(ServerTool tool, JsonElement arguments, ToolContext context, CancellationToken cancellation)
    {
        long startedAt = time.GetTimestamp();
        var limit = tool.Timeout ?? limits.Timeout;
        var theirs = new CancellationTokenSource();

        // Not on this thread, and not linked: a tool that blocks, or whose callbacks do, must not hold the turn or whoever stops it.
        var running = Task.Run(() => InvokeAsync(tool, arguments, context, theirs.Token), CancellationToken.None);
        try
        {
            var json = ToolResultJson.Write(await running.WaitAsync(limit, time, cancellation));
            return new ToolOutcome(json, null, Elapsed());
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            Leave();
            throw new OperationCanceledException(cancellation);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            Leave();
            LogTimedOut(tool.Name, context.Turn.Value);
            return ToolOutcome.Failed("The tool did not answer in time.", Elapsed());
        }
        catch (ToolException failure)
        {
            LogFailed(failure, tool.Name, context.Turn.Value);
            return ToolOutcome.Failed(Short(failure.Message), Elapsed());
        }
        catch (Exception failure)
        {
            LogFailed(failure, tool.Name, context.Turn.Value);
            return ToolOutcome.Failed("The tool failed.", Elapsed());
        }

        TimeSpan Elapsed() => time.GetElapsedTime(startedAt);

        void Leave()
        {
            _ = Quietly(theirs.CancelAsync());
            _ = Quietly(running);
        }
    }

    private async Task<object?> InvokeAsync(ServerTool tool, JsonElement arguments, ToolContext context, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var given = new AIFunctionArguments(arguments.EnumerateObject().ToDictionary(static field => field.Name, static field => (object?)field.Value))
        {
            Services = scope.ServiceProvider,
            Context = new Dictionary<object, object?> { [typeof(ToolContext)] = context },
        };
        return await tool.Run!(given, cancellation);
    }

    private static string Short(string message) => message.Length <= ToolLimits.MaxErrorLength ? message : message[..ToolLimits.MaxErrorLength];

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "action.rejected", Message = "The action {Action} in turn {Turn} does not reach its client: {Why}")]
    private partial void LogActionRejected(string action, string turn, string why);

    [LoggerMessage(Level = LogLevel.Debug, EventName = "tool.refused", Message = "A call of {Tool} in turn {Turn} is not run: {Why}")]
    private partial void LogRefused(string tool, string turn, string why);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "tool.failed", Message = "The tool {Tool} failed in turn {Turn}.")]
    private partial void LogFailed(Exception failure, string tool, string turn);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "tool.limit", Message = "The tool {Tool} did not answer in time in turn {Turn}.")]
    private partial void LogTimedOut(string tool, string turn);
}
