using System.Net;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using FaceCourse.Studio.Server.Contents;
using Xunit;

namespace FaceCourse.Studio.Tests.Server;

/// <summary>The student's work lies over the course's originals, and only what was made here may run scripts.</summary>
public sealed class ContentsTests(Studio studio) : IClassFixture<Studio>
{
    [Fact]
    public async Task Saving_writes_a_copy_and_leaves_the_original_as_it_was()
    {
        studio.WriteNotebook("notebooks/03-saved.ipynb", "# 3 · Saved", "1");
        var original = await File.ReadAllTextAsync(Path.Combine(studio.Root, "notebooks/03-saved.ipynb"), Ct);
        var content = (await studio.GetAsync("/api/contents/notebooks/03-saved.ipynb"))["content"]!.DeepClone();
        content["cells"]![1]!["source"] = "\"mine\"";
        var (status, saved) = await SaveAsync("notebooks/03-saved.ipynb", content);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True((bool?)saved!["edited"]);
        Assert.Null((string?)saved["content"]);
        Assert.Equal(original, await File.ReadAllTextAsync(Path.Combine(studio.Root, "notebooks/03-saved.ipynb"), Ct));
        Assert.Contains("mine", $"{await studio.GetAsync("/api/contents/notebooks/03-saved.ipynb")}");
        Assert.Contains("mine", await File.ReadAllTextAsync(Path.Combine(studio.Work, "notebooks/03-saved.ipynb"), Ct));

        var list = (await studio.GetAsync("/course/notebooks")).AsArray();
        Assert.True((bool?)list.Single(n => (string?)n!["file"] == "notebooks/03-saved.ipynb")!["edited"]);

        var (_, reset) = await studio.CallAsync("POST", "/course/reset/notebooks/03-saved.ipynb");
        Assert.False((bool?)reset!["edited"]);
        Assert.DoesNotContain("mine", $"{await studio.GetAsync("/api/contents/notebooks/03-saved.ipynb")}");
        Assert.Contains("mine", await File.ReadAllTextAsync(Path.Combine(studio.Work, ".before-reset/notebooks/03-saved.ipynb"), Ct));
    }

    [Fact]
    public async Task An_original_can_be_neither_deleted_nor_renamed_but_its_copy_can()
    {
        const string Path = "/api/contents/notebooks/02-second.ipynb";
        Assert.Equal(HttpStatusCode.Forbidden, (await studio.CallAsync("DELETE", Path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await studio.CallAsync("PATCH", Path, new JsonObject { ["path"] = "notebooks/x.ipynb" })).Status);
        await SaveAsync("notebooks/02-second.ipynb", (await studio.GetAsync(Path))["content"]!.DeepClone());
        Assert.Equal(HttpStatusCode.NoContent, (await studio.CallAsync("DELETE", Path)).Status);
        Assert.False((bool?)(await studio.GetAsync(Path))["edited"]);
    }

    [Fact]
    public async Task A_folder_lists_originals_and_copies_together_and_hides_what_is_nobodys_business()
    {
        await SaveAsync("notebooks/zz-own.ipynb", NotebookDocument.Create().Json);
        var names = (await studio.GetAsync("/api/contents/notebooks"))["content"]!.AsArray().Select(e => (string)e!["name"]!).ToList();
        Assert.Contains("01-first.ipynb", names);
        Assert.Contains("zz-own.ipynb", names);
        var top = (await studio.GetAsync("/api/contents"))["content"]!.AsArray().Select(e => (string)e!["name"]!).ToList();
        Assert.Equal(["notebooks"], top.Except(["own"]));
        Assert.Equal(HttpStatusCode.NotFound, (await studio.CallAsync("GET", "/api/contents/.hidden")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await studio.CallAsync("GET", "/api/contents/work/progress.json")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await studio.CallAsync("GET", "/api/contents/progress.json")).Status);
    }

    [Fact]
    public async Task A_notebook_is_trusted_when_its_outputs_were_made_here_and_not_when_it_was_changed_elsewhere()
    {
        const string Path = "notebooks/04-trust.ipynb";
        studio.WriteNotebook(Path, "# 4 · From a stranger", "1");
        Assert.False(await TrustedAsync(Path)); // not one that the build recorded

        var content = (await studio.GetAsync($"/api/contents/{Path}"))["content"]!.DeepClone();
        var cell = content["cells"]![1]!;
        cell["outputs"] = new JsonArray(new JsonObject { ["output_type"] = "display_data", ["metadata"] = new JsonObject(), ["data"] = new JsonObject { ["text/html"] = "<script>1</script>" } });
        await SaveAsync(Path, content.DeepClone());
        Assert.False(await TrustedAsync(Path));

        cell["metadata"]!["trusted"] = true; // as the page marks a cell that it ran
        await SaveAsync(Path, content.DeepClone());
        Assert.True(await TrustedAsync(Path));
        var file = System.IO.Path.Combine(studio.Work, Path);
        var text = await File.ReadAllTextAsync(file, Ct);
        Assert.DoesNotContain("trusted", text);

        await File.WriteAllTextAsync(file, text.Replace("<script>1", "<script>2", StringComparison.Ordinal), Ct);
        Assert.False(await TrustedAsync(Path));
        Assert.Equal(HttpStatusCode.Created, (await studio.CallAsync("POST", $"/api/contents/{Path}/trust")).Status);
        Assert.True(await TrustedAsync(Path));
    }

    [Fact]
    public async Task A_signature_of_another_user_counts_for_nothing()
    {
        var bytes = "{}"u8.ToArray();
        var theirs = Path.Combine(studio.State, "another");
        var notary = new Notary(theirs);
        notary.Sign(bytes);
        Assert.True(new Notary(theirs).Trusts(bytes));

        var mine = Path.Combine(studio.State, "mine");
        _ = new Notary(mine);
        File.Copy(Path.Combine(theirs, "signatures"), Path.Combine(mine, "signatures"));
        Assert.False(new Notary(mine).Trusts(bytes));
        await Task.CompletedTask;
    }

    [Fact]
    public void The_courses_own_notebooks_are_trusted()
    {
        var notebooks = FolderAbove("notebooks");
        Assert.SkipWhen(notebooks is null, "The tests do not run inside a checkout.");
        var notary = new Notary(Path.Combine(studio.State, "originals"));
        foreach (var file in Directory.EnumerateFiles(notebooks, "*.ipynb")) Assert.True(notary.Trusts(File.ReadAllBytes(file)), file);
        Assert.False(notary.Trusts("{}"u8));
    }

    [Fact]
    public async Task A_checkpoint_brings_the_file_back()
    {
        await SaveAsync("own/kept.ipynb", NotebookDocument.Create().Json);
        var (made, checkpoint) = await studio.CallAsync("POST", "/api/contents/own/kept.ipynb/checkpoints");
        Assert.Equal(HttpStatusCode.Created, made);
        var changed = NotebookDocument.Create();
        changed.Add("code", "changed");
        await SaveAsync("own/kept.ipynb", changed.Json);
        Assert.Equal(HttpStatusCode.NoContent, (await studio.CallAsync("POST", $"/api/contents/own/kept.ipynb/checkpoints/{checkpoint!["id"]}")).Status);
        Assert.DoesNotContain("changed", $"{await studio.GetAsync("/api/contents/own/kept.ipynb")}");
        Assert.Single((await studio.GetAsync("/api/contents/own/kept.ipynb/checkpoints")).AsArray());
        Assert.Equal(HttpStatusCode.NoContent, (await studio.CallAsync("DELETE", "/api/contents/own/kept.ipynb/checkpoints/checkpoint")).Status);
        Assert.Empty((await studio.GetAsync("/api/contents/own/kept.ipynb/checkpoints")).AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await studio.CallAsync("POST", "/api/contents/own/kept.ipynb/checkpoints/other")).Status);
    }

    [Fact]
    public async Task What_is_no_notebook_is_said_in_a_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(studio.Root, "notebooks", "letter.ipynb"), "Dear friend", Ct);
        try
        {
            var (status, body) = await studio.CallAsync("GET", "/api/contents/notebooks/letter.ipynb");
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("letter.ipynb is not a notebook", (string?)body!["message"]);
            var (saved, why) = await studio.CallAsync("PUT", "/api/contents/notebooks/y.ipynb", new JsonObject { ["type"] = "notebook", ["content"] = new JsonObject { ["cells"] = 1 } });
            Assert.Equal(HttpStatusCode.BadRequest, saved);
            Assert.Contains("y.ipynb is not a notebook", (string?)why!["message"]);
        }
        finally
        {
            File.Delete(Path.Combine(studio.Root, "notebooks", "letter.ipynb"));
        }
    }

    [Fact]
    public async Task Progress_is_merged_and_counted()
    {
        await studio.CallAsync("PUT", "/course/progress", new JsonObject());
        var patch = JsonNode.Parse("""{"notebooks":{"notebooks/01-first.ipynb":{"run":{"c1":true,"c2":true},"right":{"a":true}}},"last":"x"}""")!;
        await studio.CallAsync("PATCH", "/course/progress", patch);
        var (_, all) = await studio.CallAsync("PATCH", "/course/progress", JsonNode.Parse("""{"notebooks":{"notebooks/01-first.ipynb":{"run":{"c3":true,"c1":null}}},"last":null}""")!);
        Assert.Equal("""{"notebooks":{"notebooks/01-first.ipynb":{"run":{"c2":true,"c3":true},"right":{"a":true}}}}""", all!.ToJsonString());

        var sections = (await studio.GetAsync("/course/notebooks")).AsArray();
        var first = sections[0]!;
        Assert.Equal("""{"run":2,"right":1}""", first["done"]!.ToJsonString());
        Assert.Equal((1, "The first", 2, 1), ((int)first["number"]!, (string)first["section"]!, (int)first["codeCells"]!, (int)first["exercises"]!));
        Assert.Equal(1, (int)sections[1]!["codeCells"]!);

        var (_, reset) = await studio.CallAsync("POST", "/course/reset/notebooks/01-first.ipynb");
        Assert.Equal("""{"run":0,"right":0}""", reset!["done"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, (await studio.CallAsync("POST", "/course/reset/notebooks/99.ipynb")).Status);
    }

    [Fact]
    public async Task The_status_tells_of_device_memory_and_assets()
    {
        var status = await studio.GetAsync("/course/status");
        Assert.Contains((string?)status["device"]!["kind"], (string[])["cpu", "cuda"]);
        Assert.True((long)status["memory"]!["server"]! > 1_000_000);
        for (var i = 0; i < 600 && status["assets"] is null; i++)
        {
            await Task.Delay(100, Ct);
            status = await studio.GetAsync("/course/status");
        }

        var items = status["assets"]!["items"]!.AsArray();
        Assert.Equal((int)status["assets"]!["total"]!, items.Count);
        Assert.Equal((int)status["assets"]!["found"]!, items.Count(i => (bool)i!["found"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await studio.CallAsync("POST", "/course/assets/no/such/thing")).Status);
    }

    [Fact]
    public async Task Two_saves_at_once_leave_one_whole_file()
    {
        var texts = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 200_000)).ToList();
        await Task.WhenAll(texts.Select(t => studio.CallAsync("PUT", "/api/contents/own/race.txt", new JsonObject { ["type"] = "file", ["format"] = "text", ["content"] = t })));
        Assert.Contains(await File.ReadAllTextAsync(Path.Combine(studio.Work, "own/race.txt"), Ct), texts);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(studio.Work, ".parts")));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string? FolderAbove(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, name)) && File.Exists(Path.Combine(folder.FullName, "FaceCourse.sln"))) return Path.Combine(folder.FullName, name);
        }

        return null;
    }

    private Task<(HttpStatusCode Status, JsonNode? Body)> SaveAsync(string path, JsonNode content) =>
        studio.CallAsync("PUT", $"/api/contents/{path}", new JsonObject { ["type"] = "notebook", ["format"] = "json", ["content"] = content.DeepClone() });

    private async Task<bool> TrustedAsync(string path) =>
        (await studio.GetAsync($"/api/contents/{path}"))["content"]!["cells"]!.AsArray().Where(c => (string?)c!["cell_type"] == "code").All(c => (bool?)c!["metadata"]!["trusted"] == true);
}
