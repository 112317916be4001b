using System.Globalization;
using System.Xml;
using Microsoft.CodeAnalysis;

namespace FaceCourse.Kernel.Compiling;

/// <summary>The .xml file beside a library. It is read when something is asked, to the place in question, and not kept.</summary>
internal sealed class DocumentationFile(string path) : DocumentationProvider
{
    public override bool Equals(object? obj) => obj is DocumentationFile other && other.Path == Path;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Path);

    protected override string? GetDocumentationForSymbol(string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = XmlReader.Create(Path);
            while (reader.ReadToFollowing("member"))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (reader.GetAttribute("name") == documentationMemberID) return reader.ReadOuterXml();
            }
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            // Documentation that cannot be read is documentation that is not there.
        }

        return null;
    }

    private string Path { get; } = path;
}
