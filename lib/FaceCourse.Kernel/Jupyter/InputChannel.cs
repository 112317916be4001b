using System.Text.Json.Nodes;

namespace FaceCourse.Kernel.Jupyter;

/// <summary>Asks the client's person for a line and waits for the answer.</summary>
internal sealed class InputChannel
{
    private readonly Channels _channels;
    private readonly Lock _oneQuestion = new();
    private volatile TaskCompletionSource<string>? _waiting;

    public InputChannel(Channels channels)
    {
        _channels = channels;
        channels.StdinMessage += message =>
        {
            if (message.Type == "input_reply") _waiting?.TrySetResult(message.Content.Text("value"));
        };
    }

    /// <exception cref="OperationCanceledException">The cell was interrupted while it waited.</exception>
    public string Ask(JupyterMessage request, string prompt, bool password, CancellationToken interrupted)
    {
        lock (_oneQuestion)
        {
            var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting = answer;
            try
            {
                _channels.AskOnStdin(request, new JsonObject { ["prompt"] = prompt, ["password"] = password });
                return answer.Task.WaitAsync(interrupted).GetAwaiter().GetResult();
            }
            finally
            {
                _waiting = null;
            }
        }
    }
}
