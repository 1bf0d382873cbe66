namespace Passwindow;

/// <summary>
/// What a tool throws to say what went wrong in its own words. Of every other exception model and viewer learn only that the tool failed.
/// </summary>
/// <param name="message">Told to the model and shown to the viewer; of more than 4,096 characters the rest is cut off.</param>
/// <param name="innerException">What caused it, for the log.</param>
public sealed class ToolException(string message, Exception? innerException = null) : Exception(message, innerException);
