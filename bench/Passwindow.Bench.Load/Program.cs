using System.Net;
using System.Text.Json;
using Passwindow.Bench.Load;
using Passwindow.Bench.Load.Provider;
using Passwindow.Bench.Load.Scenarios;
using Passwindow.Bench.Load.Wire;

// The provider and the viewers, both in this process. Says the provider's port, then takes commands, one a line, until its input ends.
var loop = new Loop();
var turns = new Turns();
loop.Listen(new IPEndPoint(IPAddress.Loopback, args is [var wanted] ? int.Parse(wanted, null) : 0), socket => _ = new ProviderConnection(loop, socket, turns), out int port);
Console.WriteLine(port);
while (Console.ReadLine() is { } line)
{
    LoadResult result;
    try
    {
        var measured = new Measurement(loop, turns, JsonSerializer.Deserialize<LoadCommand>(line)!);
        measured.AwaitQuiet();
        result = measured.Command.Scenario switch
        {
            Scenario.Streams => StreamsScenario.Run(measured),
            Scenario.Turns => TurnsScenario.Run(measured),
            Scenario.FirstToken => FirstTokenScenario.Run(measured),
            Scenario.Cancel => CancelScenario.Run(measured),
            _ => throw new InvalidOperationException("No such scenario."),
        };
    }
    catch (Exception thrown)
    {
        result = new LoadResult { Failure = thrown.Message };
    }

    Console.WriteLine(JsonSerializer.Serialize(result));
    GC.Collect(); // here, and not within a window
}
