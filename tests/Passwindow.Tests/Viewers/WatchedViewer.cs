using System.Buffers;
using System.IO.Pipelines;
using Passwindow.Http;
using Passwindow.Journal;
using Passwindow.Protocol.Dialects;
using Passwindow.Viewers;

namespace Passwindow.Tests.Viewers;

/// <summary>A viewer that writes into a pipe, and what was read of it.</summary>
internal sealed class WatchedViewer
{
    private readonly Pipe _pipe;
    private readonly CancellationTokenSource _left = new();
    private readonly ArrayBufferWriter<byte> _read = new();

    /// <param name="turn">What it watches.</param>
    /// <param name="dialect">In which dialect.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="after">Where it begins.</param>
    /// <param name="room">How many bytes it takes before somebody reads them.</param>
    public WatchedViewer(ITurnReader turn, Dialect dialect, ViewerSettings settings, long after = 0, int room = 16 * 1024 * 1024)
    {
        _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: room, resumeWriterThreshold: room / 2, useSynchronizationContext: false));
        Output = _pipe.Writer;
        Running = RunAsync(new Viewer(turn, dialect, FrameContexts.Of(turn.Opening), Output, settings), after);
    }

    public PipeWriter Output { get; }

    public Task<ViewerEnd> Running { get; }

    /// <summary>Reads what has been sent so far.</summary>
    public byte[] Read()
    {
        while (_pipe.Reader.TryRead(out var result) && !IsLast(result))
        {
        }

        return _read.WrittenSpan.ToArray();
    }

    /// <summary>Waits for its end, reading.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        while (!IsLast(await _pipe.Reader.ReadAsync()))
        {
        }

        await Running;
        return _read.WrittenSpan.ToArray();
    }

    /// <summary>Its connection breaks, whatever was on its way.</summary>
    public async Task<byte[]> CutAsync()
    {
        byte[] read = Read();
        await _left.CancelAsync();
        await _pipe.Reader.CompleteAsync();
        await Running;
        return read;
    }

    private bool IsLast(ReadResult result)
    {
        foreach (var segment in result.Buffer)
            _read.Write(segment.Span);
        _pipe.Reader.AdvanceTo(result.Buffer.End);
        return result.IsCompleted;
    }

    private async Task<ViewerEnd> RunAsync(Viewer viewer, long after)
    {
        try
        {
            return await viewer.RunAsync(after, _left.Token);
        }
        finally
        {
            await Output.CompleteAsync();
        }
    }
}
