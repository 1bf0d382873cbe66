using System.Text;
using Passwindow.Testing;
using static Passwindow.Tests.Upstream.Faults.Position;

namespace Passwindow.Tests.Upstream.Faults;

/// <summary>The faults that an upstream can have, and what each must look like. Numbers are those of the matrix in <c>docs/reliability.md</c>.</summary>
internal static class FaultList
{
    /// <summary>Limits of the server under test.</summary>
    public static readonly TimeSpan TokenTimeout = TimeSpan.FromMilliseconds(500);

    public const int MaxAnswerBytes = 128 * 1024;
    public const int MaxToolRounds = 3;
    private const string Html = $"<html><body>{FaultCell.Secret}</body></html>";

    private static readonly Position[] Stream = [BeforeFirstEvent, AfterFirstToken, Middle, InToolCall, InLastEvent];
    private static readonly Position[] BetweenEvents = [BeforeFirstEvent, AfterFirstToken, Middle, InToolCall];

    /// <summary>Faults that have their own tests, because they are not a matter of what a reader reads.</summary>
    public static IReadOnlyDictionary<int, (string Name, string Where)> Elsewhere { get; } = new Dictionary<int, (string, string)>
    {
        [5] = ("pooled connection closed while idle", "`HttpUpstreamBrokenTests`: one transparent retry, the upstream sees the request once"),
        [35] = ("HTTP/2 GOAWAY, RST_STREAM", "`HttpUpstreamHttp2Tests`"),
        [40] = ("the upstream ignores our close and goes on", "`StopPositionTests`: the socket is gone, nothing is journalled after the stop"),
    };

    public static IEnumerable<FaultCell> All() => SpokenApi.All.SelectMany(Of);

    private static IEnumerable<FaultCell> Of(SpokenApi api) =>
        [.. Connection(api), .. Silence(api), .. Breaks(api), .. Ends(api), .. Statuses(api), .. Errors(api), .. Broken(api), .. Odd(api), .. Framing(api), .. Tools(api), .. Rest(api)];

    private static FaultCell Cell(int number, string name, SpokenApi api, Position at, Func<UpstreamExchange, Task> script, string outcome, int requests = 1, string? text = null) =>
        new(number, name, api, at, script, new Expected([outcome], requests) { Text = text });

    private static FaultCell After(int number, string name, SpokenApi api, Position at, Func<UpstreamExchange, Task> fault, params string[] outcome) => new(
        number,
        name,
        api,
        at,
        async exchange =>
        {
            await exchange.HeadAsync();
            await exchange.WriteAsync(FaultCell.Before(api, at));
            await fault(exchange);
        },
        new Expected(outcome));

    /// <summary>What was said last may be lost: it may never have been read.</summary>
    private static FaultCell Lossy(FaultCell cell) => cell with { Expected = cell.Expected with { MayLoseText = true } };

    /// <summary>Nothing was said, so it is asked twice more.</summary>
    private static FaultCell Retried(FaultCell cell) => cell with { Expected = cell.Expected with { Requests = 3 } };

    private static FaultCell Whole(int number, string name, SpokenApi api, string stream, string text = "Hello") =>
        Cell(number, name, api, Middle, exchange => exchange.WriteAsync(stream), "stop", text: text);

    private static IEnumerable<FaultCell> Connection(SpokenApi api)
    {
        static Task Never(UpstreamExchange exchange) => throw new InvalidOperationException("Nobody can reach this.");
        yield return Cell(1, "DNS fails", api, BeforeConnection, Never, "upstream_unavailable", requests: 0) with { Provider = $"nobody-{api.Provider}" };
        yield return Cell(2, "connection refused", api, BeforeConnection, Never, "upstream_unavailable", requests: 0) with { Provider = $"closed-{api.Provider}" };
        yield return Cell(3, "SYN swallowed", api, BeforeConnection, Never, "upstream_unavailable", requests: 0) with { Provider = $"full-{api.Provider}", IsSlow = true };
        yield return Cell(4, "plain HTTP on the TLS port", api, BeforeConnection, Never, "upstream_unavailable", requests: 0) with { Provider = $"tls-{api.Provider}" };
        yield return Cell(6, "closed after the whole request, no answer byte", api, BeforeHeaders, Close, "upstream_unavailable");
        yield return Cell(13, "RST", api, BeforeHeaders, Reset, "upstream_unavailable");
    }

    private static IEnumerable<FaultCell> Silence(SpokenApi api)
    {
        yield return Cell(7, "headers never come", api, BeforeHeaders, static exchange => exchange.SilenceAsync(), "upstream_timeout");
        yield return After(8, "only comments", api, BeforeFirstEvent, static exchange => DripAsync(exchange, ": ping\n\n"), "upstream_timeout");
        foreach (var at in Stream.Skip(1))
            yield return After(9, "silence between tokens", api, at, static exchange => exchange.SilenceAsync(), "upstream_timeout");
        foreach (var at in BetweenEvents)
            yield return After(10, "bytes that never become an event", api, at, static exchange => DripAsync(exchange, "data: x"), "upstream_timeout");
        yield return Cell(42, "1xx without end", api, BeforeHeaders, static exchange => FloodAsync(exchange, "HTTP/1.1 103 Early Hints\r\n\r\n"), "upstream_malformed");
    }

    private static IEnumerable<FaultCell> Breaks(SpokenApi api)
    {
        foreach (var at in Stream)
        {
            yield return After(11, "FIN inside a chunk", api, at, static async exchange =>
            {
                await exchange.RawAsync("ff\r\ndata: "u8.ToArray());
                exchange.Close();
            }, "upstream_truncated");
            yield return new FaultCell(12, "FIN on a response without length", api, at, async exchange =>
            {
                await exchange.HeadAsync(framing: BodyFraming.UntilClose);
                await exchange.WriteAsync(FaultCell.Before(api, at));
                exchange.Close();
            }, new Expected([at == InLastEvent && api.Type == "OpenAI" ? "stop" : "upstream_truncated"]));
            yield return Lossy(After(13, "RST", api, at, Reset, "upstream_truncated", "upstream_unavailable"));
            yield return new FaultCell(34, "Content-Length too long", api, at, async exchange =>
            {
                await exchange.HeadAsync(framing: BodyFraming.AsGiven, headers: ("Content-Length", "100000"));
                await exchange.WriteAsync(FaultCell.Before(api, at));
                exchange.Close();
            }, new Expected(["upstream_truncated"]));
            yield return Lossy(After(34, "bad chunk size", api, at, static async exchange =>
            {
                await exchange.RawAsync("zz\r\n\r\n"u8.ToArray());
                await exchange.SilenceAsync();
            }, "upstream_malformed"));
        }
    }

    private static IEnumerable<FaultCell> Ends(SpokenApi api)
    {
        bool isAnthropic = api.Type == "Anthropic", isChat = api.Type == "OpenAI";
        string begun = FaultCell.Before(api, Middle), end = api.Type == "OpenAIResponses" ? "data: [DONE]\n\n" : api.EndMarker;
        yield return Cell(14, "end marker without finish reason", api, InLastEvent, exchange => exchange.WriteAsync(begun + end), isAnthropic ? "stop" : "upstream_truncated");
        yield return Cell(14, "finish reason without end marker", api, InLastEvent, exchange => exchange.WriteAsync(begun + api.Finish), isChat ? "stop" : "upstream_truncated");
        yield return Whole(15, "data after the end marker, two end markers", api, api.Whole() + api.Text($"\"{FaultCell.Secret}\"") + api.Finish + api.EndMarker);
        yield return Cell(30, "answer without end", api, Middle, async exchange =>
        {
            await exchange.WriteAsync(api.Opening);
            while (true)
                await exchange.WriteAsync(api.Text($"\"{new string('x', 1000)}\""));
        }, "length", text: "*");
    }

    private static IEnumerable<FaultCell> Statuses(SpokenApi api)
    {
        foreach (int status in (int[])[400, 401, 403, 404, 422])
            yield return Cell(16, $"{status}", api, BeforeHeaders, exchange => exchange.RespondAsync(status, $$$$$$"""{"error":{"message":"{{{{{{FaultCell.Secret}}}}}}"}}"""), "upstream_refused");
        foreach (var (after, requests) in ((string, int)[])[("0", 3), ("Fri, 31 Dec 2500 23:59:59 GMT", 1), ("-1", 3), ("1000000000", 1), ("soon", 3)])
            yield return Cell(17, $"429 with Retry-After {after}", api, BeforeHeaders, exchange => exchange.RespondAsync(429, FaultCell.Secret, headers: ("Retry-After", after)), "upstream_rate_limited", requests);
        foreach (int status in (int[])[500, 502, 503, 504, 529])
            yield return Cell(18, $"{status} with HTML", api, BeforeHeaders, exchange => exchange.RespondAsync(status, Html, "text/html"), "upstream_unavailable", requests: 3);
        yield return Cell(19, "200 text/html", api, BeforeHeaders, static exchange => exchange.RespondAsync(200, Html, "text/html"), "upstream_malformed");
        yield return Cell(19, "200 application/json, the whole answer", api, BeforeHeaders, exchange => exchange.RespondAsync(200, api.Document("Hello")), "stop", text: "Hello");
        foreach (int status in (int[])[301, 302, 307, 308])
            yield return Cell(33, $"{status} to another host", api, BeforeHeaders, exchange => exchange.RespondAsync(status, "", headers: ("Location", "http://169.254.169.254/v1")), "upstream_refused");
        yield return Cell(31, "headers without end", api, BeforeHeaders, static async exchange =>
        {
            await exchange.RawAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
            await FloodAsync(exchange, $"X-More: {new string('x', 100)}\r\n");
        }, "upstream_malformed");
        yield return Cell(31, "1,000 headers", api, BeforeHeaders, exchange => exchange.HeadAsync(headers: [.. Enumerable.Range(0, 1000).Select(i => ($"X-Header-{i}", new string('x', 40)))]), "upstream_malformed");
        yield return Cell(32, "gzip though not asked", api, BeforeHeaders, static exchange => exchange.HeadAsync(headers: ("Content-Encoding", "gzip")), "upstream_malformed");
        yield return Cell(41, "413 before the body was read", api, BeforeHeaders, static exchange => exchange.RespondAsync(413, FaultCell.Secret, headers: ("Connection", "close")), "upstream_refused");
    }

    private static IEnumerable<FaultCell> Errors(SpokenApi api)
    {
        yield return Retried(After(20, "error event, overloaded", api, BeforeFirstEvent, exchange => exchange.WriteAsync(api.Error("overloaded_error")), "upstream_unavailable"));
        yield return Retried(After(20, "error event, rate limited", api, BeforeFirstEvent, exchange => exchange.WriteAsync(api.Error("rate_limit_error")), "upstream_rate_limited"));
        yield return After(20, "error event, invalid request", api, BeforeFirstEvent, exchange => exchange.WriteAsync(api.Error("invalid_request_error")), "upstream_refused");
        foreach (var at in BetweenEvents.Skip(1))
            yield return After(21, "error event after tokens", api, at, exchange => exchange.WriteAsync(api.Error("overloaded_error")), "upstream_unavailable");
    }

    private static IEnumerable<FaultCell> Broken(SpokenApi api)
    {
        foreach (var at in BetweenEvents)
        {
            yield return After(22, "JSON cut", api, at, static exchange => exchange.WriteAsync("data: {\"type\":\"x\",\"choices\":[{\n\n"), "upstream_malformed");
            yield return After(22, "JSON with garbage behind it", api, at, static exchange => exchange.WriteAsync($"data: {{\"type\":\"x\"}} {FaultCell.Secret}\n\n"), "upstream_malformed");
            yield return After(23, "nesting of 100,000", api, at, static exchange => exchange.WriteAsync($"data: {{\"type\":{new string('[', 100_000)}\n\n"), "upstream_malformed");
            yield return After(23, "a field twice", api, at, exchange => exchange.WriteAsync(api.Twice), "upstream_malformed");
            yield return After(29, "line without end", api, at, static exchange => FloodAsync(exchange, new string('x', 64 * 1024), "data: "), "upstream_malformed");
            yield return After(43, "an error page as data", api, at, static exchange => exchange.WriteAsync($"data: {Html}\n\n"), "upstream_malformed");
            yield return After(43, "an error page between events", api, at, static exchange => exchange.WriteAsync($"{Html}\n\n"), "upstream_truncated");
        }

        bool isChat = api.Type == "OpenAI";
        yield return After(44, "arguments of a call that was not begun", api, Middle, exchange => exchange.WriteAsync(api.Arguments(7, "{}") + api.Finish + api.EndMarker), "upstream_malformed");
        if (!isChat)
            yield return After(44, "end without beginning", api, BeforeFirstEvent, exchange => exchange.WriteAsync(api.Finish + api.EndMarker), "stop");
    }

    private static IEnumerable<FaultCell> Odd(SpokenApi api)
    {
        byte[] invalid = [.. Encoding.UTF8.GetBytes(api.Opening), .. Encoding.Latin1.GetBytes(api.Text("\"a\u00FFb\"")), .. Encoding.UTF8.GetBytes(api.Finish + api.EndMarker)];
        yield return Cell(24, "invalid UTF-8", api, Middle, exchange => exchange.WriteAsync(invalid), "stop", text: "a\uFFFDb");
        yield return Whole(24, "a BOM", api, "\uFEFF" + api.Whole());
        yield return Whole(25, "a surrogate pair in two deltas", api, api.Opening + api.Text("\"\\ud83d\"") + api.Text("\"\\ude00!\"") + api.Finish + api.EndMarker, "😀!");
        const string odd = "\0\u2028\u001b[31m\u202e\ufffe";
        yield return Whole(26, "U+0000, U+2028, ESC, bidi, U+FFFE", api, api.Whole(odd), odd);
        yield return Whole(27, "CRLF", api, api.Whole().Replace("\n", "\r\n"));
        yield return Whole(27, "CR", api, api.Whole().Replace("\n", "\r"));
        yield return Cell(28, "one byte a read", api, Middle, async exchange =>
        {
            await exchange.HeadAsync();
            foreach (byte one in Encoding.UTF8.GetBytes(api.Whole("äöü")))
                await exchange.WriteAsync(new[] { one });
        }, "stop", text: "äöü");
        yield return Whole(28, "1,000 events in one read", api, api.Opening + string.Concat(Enumerable.Repeat(api.Text("\"x\""), 1000)) + api.Finish + api.EndMarker, new string('x', 1000));
    }

    private static IEnumerable<FaultCell> Framing(SpokenApi api)
    {
        string whole = api.Whole();
        yield return Cell(34, "Content-Length too short", api, Middle, async exchange =>
        {
            string cut = FaultCell.Before(api, Middle);
            await exchange.HeadAsync(framing: BodyFraming.AsGiven, headers: ("Content-Length", $"{Encoding.UTF8.GetByteCount(cut)}"));
            await exchange.WriteAsync(cut + api.Finish);
            exchange.Close();
        }, "upstream_truncated");
        yield return Cell(34, "both length and chunked", api, Middle, exchange => Sequence(exchange.HeadAsync(headers: ("Content-Length", "5")), () => exchange.WriteAsync(whole)), "stop", text: "Hello");
    }

    private static IEnumerable<FaultCell> Tools(SpokenApi api)
    {
        string Calls(params (string? Id, string Name, string Arguments)[] calls) =>
            api.Opening + string.Concat(calls.Select((call, index) => api.Call(index, call.Id, call.Name) + call.Arguments.Aggregate("", (frames, piece) => frames + api.Arguments(index, $"{piece}"))))
            + api.FinishWithCalls + api.EndMarker;
        Func<UpstreamExchange, Task> Then(string first)
        {
            int round = 0;
            return exchange => exchange.WriteAsync(round++ == 0 ? first : api.Whole("Hello"));
        }

        yield return Cell(36, "arguments in one-byte pieces", api, InToolCall, exchange => exchange.WriteAsync(Calls(("c", "look", "{\"a\":1}"))), "tool_calls", text: "") with { Tool = "look" };
        yield return Cell(36, "broken arguments", api, InToolCall, Then(Calls(("c", "look", "{\"a\""))), "stop", 2, "Hello") with { Tool = "look" };
        yield return Cell(36, "an unknown tool", api, InToolCall, Then(Calls(("c", "nobody", "{}"))), "stop", 2, "Hello");
        yield return Cell(36, "an id twice", api, InToolCall, exchange => exchange.WriteAsync(Calls(("c", "look", "{}"), ("c", "look", "{}"))), "tool_calls", text: "") with { Tool = "look" };
        yield return Cell(36, "no id", api, InToolCall, exchange => exchange.WriteAsync(Calls((null, "look", "{}"))), "tool_calls", text: "") with { Tool = "look" };
        yield return Cell(36, "200 parallel calls", api, InToolCall, exchange => exchange.WriteAsync(Calls([.. Enumerable.Range(0, 200).Select(i => ((string?)$"c{i}", "look", "{}"))])), "tool_calls", text: "") with { Tool = "look" };
        yield return Cell(36, "1,000 parallel calls", api, InToolCall, exchange => exchange.WriteAsync(Calls([.. Enumerable.Range(0, 1000).Select(i => ((string?)$"c{i}", "look", "{}"))])), "upstream_malformed", text: "") with { Tool = "look" };
        yield return Cell(37, "asks for tools for ever", api, InToolCall, exchange => exchange.WriteAsync(Calls(("c", "nobody", "{}"))), "tool_limit", requests: -1, text: "");
    }

    private static IEnumerable<FaultCell> Rest(SpokenApi api)
    {
        string begun = api.Opening + api.Text("\"Hello\"");
        foreach (string usage in (string[])["""{"in_tokens":-1,"out_tokens":-5}""", """{"in_tokens":1e400,"out_tokens":99999999999999999999}""", """{"in_tokens":"3","out_tokens":{}}"""])
            yield return Whole(38, $"usage {usage}", api, begun + api.EndWithUsage(usage));
        yield return Whole(38, "usage after the end", api, api.Whole() + api.EndWithUsage("""{"in_tokens":9,"out_tokens":9}"""));
        if (api.Type == "OpenAI")
        {
            yield return Whole(39, "several choices", api, api.Opening + $$$$$$"""data: {"choices":[{"index":1,"delta":{"content":"{{{{{{FaultCell.Secret}}}}}}"}},{"index":0,"delta":{"content":"Hello"}}]}""" + "\n\n" + api.Finish + api.EndMarker);
            yield return Whole(39, "null content, role alone, another model", api, api.Opening + """data: {"model":"other","choices":[{"index":0,"delta":{"role":"assistant","content":null}}]}""" + "\n\n" + begun + api.Finish + api.EndMarker);
            yield return Whole(45, "created is 0, then the year 9999", api, """data: {"created":0,"choices":[]}""" + "\n\n" + begun + """data: {"created":253402300799,"choices":[]}""" + "\n\n" + api.Finish + api.EndMarker);
        }
        else if (api.Type == "OpenAIResponses")
        {
            yield return Whole(45, "created is 0, then the year 9999", api, """data: {"type":"response.created","response":{"created_at":0,"status":"in_progress"}}""" + "\n\n" + begun + """data: {"type":"response.in_progress","response":{"created_at":253402300799}}""" + "\n\n" + api.Finish + api.EndMarker);
        }
    }

    private static Task Close(UpstreamExchange exchange)
    {
        exchange.Close();
        return Task.CompletedTask;
    }

    private static Task Reset(UpstreamExchange exchange)
    {
        exchange.Reset();
        return Task.CompletedTask;
    }

    private static async Task Sequence(Task first, Func<Task> then)
    {
        await first;
        await then();
    }

    // Writes on until the client has left; a test that fails to make it leave fails for that.
    private static async Task DripAsync(UpstreamExchange exchange, string piece)
    {
        while (!exchange.ClientGone.IsCompleted)
        {
            await exchange.WriteAsync(piece);
            await Task.WhenAny(exchange.ClientGone, Task.Delay(50));
        }

        await exchange.SilenceAsync();
    }

    private static async Task FloodAsync(UpstreamExchange exchange, string piece, string first = "")
    {
        bool chunked = exchange.Answered;
        if (first.Length > 0)
            await exchange.WriteAsync(first);
        while (!exchange.ClientGone.IsCompleted)
        {
            if (chunked)
                await exchange.WriteAsync(piece);
            else
                await exchange.RawAsync(Encoding.ASCII.GetBytes(piece));
            await Task.Yield();
        }

        await exchange.SilenceAsync();
    }
}
