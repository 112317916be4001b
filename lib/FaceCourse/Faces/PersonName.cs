namespace FaceCourse.Faces;

/// <summary>A person's name as galleries compare it: without outer spaces, accents put onto their letters, letter case kept.</summary>
/// <remarks>"Nguyễn" can be typed with or without combining accents; both are the same person.</remarks>
internal static class PersonName
{
    private const int Longest = 200;

    public static string Check(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new GalleryException("A person needs a name; this one is empty.");

        var tidy = LatinAccents.Compose(name.Trim());
        for (var i = 0; i < tidy.Length; i++)
        {
            if (!char.IsSurrogate(tidy[i])) continue;
            if (i + 1 < tidy.Length && char.IsSurrogatePair(tidy[i], tidy[i + 1])) i++;
            else throw new GalleryException("This name holds half of a Unicode character; type it again.");
        }

        if (tidy.Length > Longest) throw new GalleryException($"A name has at most {Longest} characters; this one has {tidy.Length}.");
        return tidy.Any(char.IsControl)
            ? throw new GalleryException("A name is one line of text; this one holds a line break or another control character.")
            : tidy;
    }
}
