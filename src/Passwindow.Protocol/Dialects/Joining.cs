namespace Passwindow.Protocol.Dialects;

/// <summary>How a viewer of a dialect begins elsewhere than at a turn's first event.</summary>
public enum Joining
{
    /// <summary>A frame says all by itself: what follows an event is shown from there on, without the rest.</summary>
    AtAnyEvent,

    /// <summary>Its clients cannot say how far they got, or begin a message anew when they come back: the turn is shown from its start.</summary>
    FromStart,

    /// <summary>What came before is told in one legal opening (<see cref="IFrameWriter.WriteOpening"/>), then the rest is shown.</summary>
    WithOpening,
}
