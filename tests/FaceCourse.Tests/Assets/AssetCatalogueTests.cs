using FaceCourse.Assets;
using Xunit;

namespace FaceCourse.Tests.Assets;

public sealed class AssetCatalogueTests
{
    [Fact]
    public void The_courses_own_catalogue_is_complete_and_unique()
    {
        var entries = AssetCatalogue.Course.Entries;

        Assert.Equal(entries.Count, entries.Select(e => e.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(entries, e => Assert.EndsWith(".", e.What));
        Assert.All(entries, e => Assert.NotEmpty(e.Licence));
        Assert.Equal(400, AssetCatalogue.Course.Below("faces/orl_faces").Count);
        Assert.Equal(11, AssetCatalogue.Course.Below("video/horse_in_motion").Count);
        Assert.True(AssetCatalogue.Course.TryFind("faces/orl_faces/s1/1.pgm", out var photo));
        Assert.EndsWith("/s1/1.pgm", photo.Sources[0].Path);
    }

    [Fact]
    public void Only_test_aids_have_no_source()
    {
        var orphans = AssetCatalogue.Course.Entries.Where(e => e.Files[0].Sources.Count == 0);

        Assert.All(orphans, e => Assert.StartsWith("Test aid:", e.What));
    }

    [Theory]
    [InlineData("", "cannot be read")]
    [InlineData("{", "cannot be read")]
    [InlineData("[]", "cannot be read")]
    [InlineData("""{ "assets": 7 }""", "cannot be read")]
    [InlineData("""{ "assets": [ { "name": "x" } ] }""", "cannot be read")]
    [InlineData("""{ "assets": [ 3 ] }""", "cannot be read")]
    [InlineData("""{ "assets": [ { "name": "x", "bytes": 1, "sources": [], "files": [[]] } ] }""", "cannot be read")]
    [InlineData("""{ "assets": [ { "name": "x", "bytes": 1, "sources": [], "files": [["a", 1]] } ] }""", "cannot be read")]
    public void A_broken_catalogue_gives_one_sentence(string json, string expected)
    {
        var error = Assert.Throws<AssetException>(() => AssetCatalogue.Parse(json, "models/catalogue.json"));

        Assert.Contains(expected, error.Message);
        Assert.Contains("models/catalogue.json", error.Message);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a/../../up")]
    [InlineData("/rooted")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("back\\\\slash")]
    [InlineData("C:/x")]
    [InlineData("a b")]
    [InlineData("a?b")]
    [InlineData("a/")]
    public void A_name_that_climbs_out_of_the_cache_is_refused(string name)
    {
        var error = Assert.Throws<AssetException>(() => AssetCatalogue.Parse(Sample.Json(Sample.HttpsSource, name)));

        Assert.Contains("is no plain relative path", error.Message);
    }

    [Theory]
    [InlineData("\"bytes\": 20000", "\"bytes\": -1")]
    [InlineData("\"bytes\": 20000", "\"bytes\": 99999999999999")]
    [InlineData("\"bytes\": 20000", "\"bytes\": \"many\"")]
    [InlineData("\"sha256\": \"", "\"sha256\": \"zz")]
    [InlineData("\"commit\": \"0123", "\"commit\": \"main")]
    [InlineData("\"licence\": \"MIT\"", "\"licence\": \"\"")]
    [InlineData("deep/small.bin", "../../other/repository")]
    public void A_field_that_cannot_be_right_is_refused(string right, string wrong)
    {
        var json = Sample.Json(Sample.HttpsSource);
        Assert.Contains(right, json);

        Assert.Throws<AssetException>(() => AssetCatalogue.Parse(json.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_rows_of_one_name_are_refused()
    {
        var one = AssetCatalogue.Parse(Sample.Json(Sample.HttpsSource));

        Assert.Contains("is listed twice", Assert.Throws<AssetException>(() => AssetCatalogue.Combine(one, one)).Message);
    }

    [Fact]
    public void The_lockfile_pins_the_package_by_integrity_and_names_no_address()
    {
        var options = new AssetStoreOptions();

        Assert.Contains("\"@vladmandic/face-api\": \"1.7.15\"", options.PackageJson);
        Assert.Contains("\"integrity\": \"sha512-", options.PackageLock);
        Assert.DoesNotContain("resolved", options.PackageLock);
        Assert.DoesNotContain("://", options.PackageLock);
    }
}
