using Xunit;

namespace FaceCourse.Kernel.Tests;

public sealed class PackageTests
{
    private static async Task<RecordedOutput> Run(CSharpSession session, string code)
    {
        var output = new RecordedOutput();
        await session.RunAsync(code, output, TestContext.Current.CancellationToken);
        return output;
    }

    [Fact]
    public async Task A_package_comes_with_what_it_needs_native_files_included()
    {
        await using var session = new CSharpSession(new KernelOptions());
        var output = await Run(session, """
            #r "nuget: SkiaSharp, 2.88.9"
            #r "nuget:SkiaSharp.NativeAssets.Linux.NoDependencies, 2.88.9"
            using SkiaSharp;
            using var bitmap = new SKBitmap(3, 2);
            bitmap.ByteCount
            """.Replace("using var", "var"));
        Assert.SkipWhen(output.Failure?.Message.Contains("NU1301", StringComparison.Ordinal) == true, "no package source can be reached");

        Assert.Null(output.Failure?.Message);
        Assert.Equal("24", output.Plain);
    }

    [Fact]
    public async Task A_missing_package_is_named_and_changes_nothing()
    {
        await using var session = new CSharpSession(new KernelOptions());
        await Run(session, "var x = 1;");
        var output = await Run(session, "#r \"nuget: No.Such.Package.As.This, 1.2.3\"\nvar x = 2;");

        Assert.Equal("PackageError", output.Failure!.Name);
        Assert.Contains("No.Such.Package.As.This", output.Failure.Message);
        Assert.Equal("1", (await Run(session, "x")).Plain);
    }

    [Fact]
    public async Task A_dll_is_found_beside_the_notebook()
    {
        var folder = Directory.CreateTempSubdirectory("kernel-dll-").FullName;
        try
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "xunit.v3.assert.dll"), Path.Combine(folder, "renamed.dll"));
            await using var session = new CSharpSession(new KernelOptions { WorkingDirectory = folder });

            Assert.Null((await Run(session, "#r \"./renamed.dll\"\nvar t = typeof(Xunit.Assert).Name;")).Failure?.Message);
            Assert.Equal("Assert", (await Run(session, "t")).Plain);
            Assert.Contains("there is no file", (await Run(session, "#r \"missing.dll\"\n1")).Failure!.Message);
            await File.WriteAllTextAsync(Path.Combine(folder, "text.dll"), "text", TestContext.Current.CancellationToken);
            Assert.Contains("no .NET assembly", (await Run(session, "#r \"text.dll\"\n1")).Failure!.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
