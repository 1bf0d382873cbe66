using System.IO.Pipelines;
using Passwindow.Journal;
using Passwindow.Protocol.Dialects;
using Passwindow.Viewers;

namespace Passwindow.Http;

/// <summary>A turn for a client that does not stream: a viewer whose writer keeps what it is shown until the end.</summary>
internal static class WholeAnswer
{
    /// <summary>Has <paramref name="keeper"/> shown all of the turn; false if the client has gone meanwhile.</summary>
    public static async Task<bool> ReadAsync(Exchange exchange, ITurnReader turn, IFrameWriter keeper)
    {
        var dialect = new Dialect("document", _ => keeper) { KeepsState = true };
        var nowhere = PipeWriter.Create(Stream.Null);
        var viewer = new Viewer(turn, dialect, FrameContext.None, nowhere, exchange.Engine.ViewerSettings(exchange.Context));
        return await viewer.RunAsync(after: 0, exchange.Left) != ViewerEnd.Left;
    }
}
