using Passwindow.Protocol;
using Passwindow.Protocol.Dialects.Native;

namespace Passwindow.Turns;

/// <summary>
/// Within a conversation one turn runs at a time; others stand in line behind it. Whoever is first runs.
/// </summary>
internal sealed class ConversationLines
{
    /// <summary>How many may wait behind the turn that runs.</summary>
    public const int MaxWaiting = 16;

    private readonly Dictionary<ConversationKey, List<Place>> _lines = [];

    /// <summary>The turn that runs in a conversation; null if none does.</summary>
    public RunningTurn? First(ConversationKey conversation)
    {
        lock (_lines)
            return _lines.GetValueOrDefault(conversation)?[0].Turn;
    }

    /// <summary>Takes the last place of the line; null if <paramref name="ifActive"/> does not allow to wait, or too many do.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="ifActive">What to do when somebody is before.</param>
    /// <param name="ahead">Who is before.</param>
    public Place? TryEnter(ConversationKey conversation, IfActive ifActive, out IReadOnlyList<Place> ahead)
    {
        lock (_lines)
        {
            if (!_lines.TryGetValue(conversation, out var line))
                _lines[conversation] = line = [];
            ahead = [.. line];
            bool mayWait = ifActive == IfActive.Interrupt || (ifActive == IfActive.Enqueue && line.Count <= MaxWaiting);
            if (line.Count > 0 && !mayWait)
                return null;
            var place = new Place(conversation);
            line.Add(place);
            if (line.Count == 1)
                place.MoveToFront();
            return place;
        }
    }

    /// <summary>Gives a place up, wherever in the line it is.</summary>
    public void Leave(Place place)
    {
        lock (_lines)
        {
            var line = _lines[place.Conversation];
            line.Remove(place);
            if (line.Count == 0)
                _lines.Remove(place.Conversation);
            else
                line[0].MoveToFront();
        }
    }

    /// <summary>A place in a conversation's line.</summary>
    internal sealed class Place(ConversationKey conversation)
    {
        private readonly Lock _gate = new();
        private readonly TaskCompletionSource _front = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private RunningTurn? _turn;
        private bool _interrupted;

        public ConversationKey Conversation => conversation;

        public bool IsFirst => _front.Task.IsCompleted;

        /// <summary>Completes when nobody is before it any more.</summary>
        public Task Front => _front.Task;

        /// <summary>The turn that has the place; null while it is being made.</summary>
        public RunningTurn? Turn
        {
            get
            {
                lock (_gate)
                    return _turn;
            }
        }

        public void Take(RunningTurn turn)
        {
            lock (_gate)
            {
                _turn = turn;
                if (!_interrupted)
                    return;
            }

            turn.Cancel(CancelReason.Stopped);
        }

        /// <summary>Stops the turn that has the place, or will have it.</summary>
        public void Interrupt()
        {
            lock (_gate)
                _interrupted = true;
            Turn?.Cancel(CancelReason.Stopped);
        }

        public void MoveToFront() => _front.TrySetResult();
    }
}
