using System.Text.Json;
using Microsoft.Playwright;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>
/// What the browser's busiest thread, that of the page, spends on each of its tasks. It is time on the processor: what other programs of the
/// machine take is not the page's.
/// </summary>
internal sealed class TaskTrace
{
    private readonly ICDPSession _session;
    private readonly List<JsonElement> _tasks = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskTrace(ICDPSession session)
    {
        _session = session;
        session.Event("Tracing.dataCollected").OnEvent += (_, data) =>
        {
            lock (_tasks)
                _tasks.AddRange(data!.Value.GetProperty("value").EnumerateArray().Where(static each => each.GetProperty("name").GetString() == "RunTask" && each.TryGetProperty("tdur", out var _)));
        };
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => _complete.TrySetResult();
    }

    public static async Task<TaskTrace> StartAsync(IBrowser browser)
    {
        var trace = new TaskTrace(await browser.NewBrowserCDPSessionAsync());
        await trace._session.SendAsync("Tracing.start", new() { ["transferMode"] = "ReportEvents", ["traceConfig"] = new { includedCategories = new[] { "devtools.timeline", "disabled-by-default-devtools.timeline" } } });
        return trace;
    }

    /// <summary>The tasks' times in milliseconds, the longest first.</summary>
    public async Task<IReadOnlyList<double>> StopAsync()
    {
        await _session.SendAsync("Tracing.end");
        await _complete.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await _session.DetachAsync();
        lock (_tasks)
        {
            return [.. _tasks.GroupBy(static task => (task.GetProperty("pid").GetInt64(), task.GetProperty("tid").GetInt64()))
                .Select(static thread => thread.Select(static task => task.GetProperty("tdur").GetDouble() / 1000).OrderDescending().ToList())
                .MaxBy(static thread => thread.Sum())!];
        }
    }
}
