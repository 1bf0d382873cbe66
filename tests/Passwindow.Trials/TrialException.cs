namespace Passwindow.Trials;

/// <summary>A trial could not be run, or what it tries did not happen.</summary>
internal sealed class TrialException(string message) : Exception(message);
