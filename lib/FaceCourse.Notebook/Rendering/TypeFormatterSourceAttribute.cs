namespace FaceCourse.Notebook.Rendering;

/// <summary>Tells a notebook host how to render the type it stands on.</summary>
/// <remarks>
/// Hosts look for an attribute of this <em>name</em>, not of one certain type: .NET Interactive, Verso and the package
/// Microsoft.DotNet.Interactive.Formatting all accept it, so no host has to be referred to.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = true)]
public sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>A type with a parameterless constructor and a method <c>CreateTypeFormatters()</c>.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>The MIME types a host should ask for, richest first.</summary>
    public string[] PreferredMimeTypes { get; set; } = [];
}
