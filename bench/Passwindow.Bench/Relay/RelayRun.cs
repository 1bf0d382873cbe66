using Passwindow.Bench.Load;

namespace Passwindow.Bench.Relay;

/// <summary>All rounds. Within a round each section asks one server after the other, so that what else the machine does meets all of them alike.</summary>
internal sealed class RelayRun(IReadOnlyList<Subject> subjects, IReadOnlyList<Section> sections, string folder)
{
    private readonly Dictionary<string, Subject> _subjects = subjects.ToDictionary(static subject => subject.Name);

    public RelayFigures Figures { get; } = new();

    /// <summary>The load average at each round's start.</summary>
    public List<string> Loads { get; } = [];

    public async Task RunAsync(int rounds, CancellationToken cancellation)
    {
        await using var load = await LoadProcess.StartAsync();
        for (int round = 1; round <= rounds; round++)
        {
            Loads.Add(Machine.Load());
            Console.WriteLine($"round {round} of {rounds}, load average {Loads[^1]}");
            try
            {
                await RoundAsync(load, cancellation);
            }
            catch (InvalidOperationException thrown)
            {
                Figures.Faults.Add($"Round {round} was given up: {thrown.Message}");
                Console.WriteLine($"  {Figures.Faults[^1]}");
            }
        }
    }

    private async Task RoundAsync(LoadProcess load, CancellationToken cancellation)
    {
        var running = new Dictionary<string, RunningServer>();
        try
        {
            foreach (string name in sections.Where(static section => !section.IsFresh).SelectMany(static section => section.Rows).Select(static row => row.Subject).Distinct())
                running.Add(name, await StartAsync(load, name, cancellation));
            foreach (var section in sections)
            {
                foreach (var row in section.Rows)
                {
                    if (!section.IsFresh)
                    {
                        await MeasureAsync(load, section, row, running[row.Subject], cancellation);
                        continue;
                    }

                    await using var own = await StartAsync(load, row.Subject, cancellation);
                    await MeasureAsync(load, section, row, own, cancellation);
                }
            }
        }
        finally
        {
            foreach (var server in running.Values)
                await server.DisposeAsync();
        }
    }

    private async Task<RunningServer> StartAsync(LoadProcess load, string name, CancellationToken cancellation)
    {
        var server = await RunningServer.StartAsync(_subjects[name], load.ProviderPort, folder);
        foreach (var command in Sections.WarmUp(server))
        {
            var warm = await load.RunAsync(command, cancellation);
            if (warm.Failure is { } failure)
                Console.WriteLine($"  {name} while warming up: {failure}");
        }

        return server;
    }

    private async Task MeasureAsync(LoadProcess load, Section section, Row row, RunningServer server, CancellationToken cancellation)
    {
        LoadResult result;
        try
        {
            result = await load.RunAsync(row.For(server), cancellation);

            // Life goes on: memory that is free is given back when the next ones ask for theirs.
            if (section.Kind == SectionKind.Memory)
                result = result with { BytesAfter = (await load.RunAsync(Sections.WarmUp(server).Last(), cancellation)).BytesDuring };
        }
        catch (IOException gone)
        {
            result = new LoadResult { Failure = gone.Message };
        }

        Figures.Add(section, row, result);
    }
}
