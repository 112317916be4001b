using FaceCourse.Kernel.Display;

namespace FaceCourse.Kernel;

/// <summary>Something shown below a cell that can be replaced: a progress bar is one of these that moves.</summary>
public sealed class DisplayedValue
{
    private readonly ICellOutput _output;
    private readonly string[] _mimeTypes;

    internal DisplayedValue(ICellOutput output, string displayId, string[] mimeTypes)
    {
        _output = output;
        _mimeTypes = mimeTypes;
        DisplayId = displayId;
    }

    /// <summary>What hosts call this display.</summary>
    public string DisplayId { get; }

    /// <summary>Shows <paramref name="value"/> in place of what was shown.</summary>
    public void Update(object? value) => _output.Update(ValueFormatter.Format(value, _mimeTypes), DisplayId);
}
