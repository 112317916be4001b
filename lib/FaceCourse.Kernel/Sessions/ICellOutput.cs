namespace FaceCourse.Kernel;

/// <summary>Where a running cell's outputs go, one call per output, in order, while the cell runs.</summary>
/// <remarks>Calls may come from any thread and, from work a cell left running, after the cell has ended.</remarks>
public interface ICellOutput
{
    /// <summary>Text the cell wrote to the console. <paramref name="name"/> is <c>stdout</c> or <c>stderr</c>.</summary>
    void Stream(string name, string text);

    /// <summary>Something displayed; <paramref name="displayId"/> lets <see cref="Update"/> replace it later.</summary>
    void Display(MimeBundle data, string? displayId);

    /// <summary>Replaces what was displayed under <paramref name="displayId"/>.</summary>
    void Update(MimeBundle data, string displayId);

    /// <summary>The value of the cell's last expression.</summary>
    void Result(MimeBundle data);

    /// <summary>The cell failed. Called at most once, last.</summary>
    void Error(CellError error);

    /// <summary>Removes the cell's outputs so far; with <paramref name="wait"/>, only when the next one comes.</summary>
    void Clear(bool wait);

    /// <summary>Something to read beside the notebook (documentation); hosts without such a place show it below the cell.</summary>
    void Page(MimeBundle data) => Display(data, null);

    /// <summary>Asks the person at the notebook for a line of text.</summary>
    /// <param name="prompt">What to ask.</param>
    /// <param name="password">Whether what is typed should not be shown.</param>
    /// <exception cref="InputNotAllowedException">This host, or its client, cannot ask.</exception>
    string ReadLine(string prompt, bool password) => throw new InputNotAllowedException();
}

/// <summary>A cell asked for input where nobody can answer.</summary>
public sealed class InputNotAllowedException : InvalidOperationException
{
    /// <summary>Creates the exception with its one sentence.</summary>
    public InputNotAllowedException()
        : base("This cell asks for input, but nobody can answer here: the notebook runs without a person, or its client does not allow input. Put the value into a variable instead.")
    {
    }
}
