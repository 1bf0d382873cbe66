namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// Watches JSON go by and knows whether its outermost object has closed. It looks at each byte once: a call's arguments may come in a
/// million pieces, and reading them anew for each would take for ever.
/// </summary>
internal struct ObjectWatch
{
    private int _depth;
    private bool _inString;
    private bool _afterBackslash;

    /// <summary>Whether an object was opened, and every bracket has closed.</summary>
    public bool HasClosed { get; private set; }

    public void See(ReadOnlySpan<byte> json)
    {
        foreach (byte letter in json)
        {
            if (_inString)
            {
                _inString = letter != '"' || _afterBackslash;
                _afterBackslash = letter == '\\' && !_afterBackslash;
                continue;
            }

            _inString = letter == '"';
            if (letter is (byte)'{' or (byte)'[')
                _depth++;
            else if (letter is (byte)'}' or (byte)']' && --_depth == 0)
                HasClosed = true;
        }
    }
}
