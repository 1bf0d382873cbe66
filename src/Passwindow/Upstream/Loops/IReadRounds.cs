namespace Passwindow.Upstream.Loops;

/// <summary>Is told when a round of reads begins and when it ends, on the thread that makes it. Neither may block.</summary>
internal interface IReadRounds
{
    void Begin();

    void End();
}
