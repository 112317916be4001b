namespace FaceCourse.Kernel.Compiling;

/// <summary>Finds what somebody may have meant who mistyped a name.</summary>
internal static class Spelling
{
    /// <summary>The candidate that is nearest to a name; null when none is near: one slip, two in a name of six letters or more, never half of it.</summary>
    public static string? Closest(string name, IEnumerable<string> candidates)
    {
        var most = name.Length < 6 ? 1 : 2;
        return candidates
            .Where(c => c != name && Math.Abs(c.Length - name.Length) <= most)
            .Select(c => (Name: c, Slips: Distance(name.ToUpperInvariant(), c.ToUpperInvariant())))
            .Where(c => c.Slips <= most && (c.Slips == 0 || 2 * c.Slips < name.Length))
            .OrderBy(c => c.Slips).ThenBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => c.Name)
            .FirstOrDefault();
    }

    // Two letters in the wrong order are one slip (the restricted Damerau-Levenshtein distance).
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
