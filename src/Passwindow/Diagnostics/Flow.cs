namespace Passwindow.Diagnostics;

/// <summary>
/// The execution context, which carries what a request's traces and logs are told by. Each request has one of its own, and whoever goes on after a wait goes on in
/// it: of a thousand streams it is one more object that is out of the processor's caches, fetched for every token twice.
/// </summary>
internal static class Flow
{
    /// <summary>Starts what neither traces nor logs: after its first wait it goes on in no context. Who awaits it keeps theirs.</summary>
    public static Task<T> Without<T>(Func<Task<T>> start)
    {
        using (ExecutionContext.SuppressFlow())
            return start();
    }
}
