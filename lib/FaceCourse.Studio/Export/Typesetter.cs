using System.Net;
using System.Text.Json;
using FaceCourse.Assets;
using FaceCourse.Studio.Doctor;

namespace FaceCourse.Studio.Export;

/// <summary>Typesets TeX with KaTeX, run by Node while the page is written: the page carries the fonts and needs no script.</summary>
internal sealed class Typesetter
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly string? _folder;

    private Typesetter(string? folder, string? complaint) => (_folder, Complaint) = (folder, complaint);

    /// <summary>Why formulas stay TeX, or null when they are typeset.</summary>
    public string? Complaint { get; private set; }

    /// <summary>Restores KaTeX from npm, once per machine.</summary>
    public static async Task<Typesetter> CreateAsync(CancellationToken ct)
    {
        var packages = new NpmPackages(new AssetStoreOptions { PackageJson = StudioFiles.Text("package.json"), PackageLock = StudioFiles.Text("package-lock.json") });
        try
        {
            await packages.RestoreAsync(() => packages.Restored, ct);
            return new Typesetter(packages.Folder, null);
        }
        catch (AssetException e)
        {
            return new Typesetter(null, $"The formulas of the page stay as TeX: {e.Message}");
        }
    }

    /// <summary>The formulas as HTML with MathML for screen readers; the TeX itself, escaped, when KaTeX cannot be run.</summary>
    public TypesetFormulas Typeset(IReadOnlyList<Formula> formulas)
    {
        if (_folder is not null)
        {
            var input = JsonSerializer.Serialize(formulas, Web);
            var output = Tool.TryRunAsync("node", ["--input-type=module", "--eval", StudioFiles.Text("formulas.mjs")], input, _folder, CancellationToken.None).GetAwaiter().GetResult();
            if (output is not null) return JsonSerializer.Deserialize<TypesetFormulas>(output, Web)!;
            Complaint = "The formulas of the page stay as TeX: Node could not run KaTeX. 'doctor' says whether Node is found.";
        }

        return new([.. formulas.Select(f => $"<code>{WebUtility.HtmlEncode(f.Tex)}</code>")], "");
    }
}
