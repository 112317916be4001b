using FaceCourse.Notebook;
using FaceCourse.Similarity;
using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests;

/// <summary>The embedding space's widget in a real browser, without a mouse.</summary>
public sealed class EmbeddingMovieTests
{
    [Fact]
    public async Task The_points_are_reached_with_Tab_and_walked_with_the_arrow_keys_and_each_shows_its_photo()
    {
        using var faces = SyntheticFaces.Draw(3, 2, size: 16);
        float[][] Rows(float by) => [.. Enumerable.Range(0, 6).Select(i => new[] { by * i, by * (i % 2), 1f })];
        var html = SimilarityWidgets.EmbeddingMovie([new(0, Rows(0.1f)), new(50, Rows(1))], faces).ToHtml();
        await using var browser = await Browser.StartAsync(800, 700);
        await browser.Page.SetContentAsync($"<!DOCTYPE html><html lang=\"en\"><body>{html}</body></html>");

        var who = browser.Page.Locator(".who");
        await browser.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(who).ToHaveTextAsync("synthetic 1, picture 1 of 6");
        await browser.Page.Keyboard.PressAsync("ArrowRight");
        await browser.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(who).ToHaveTextAsync("synthetic 2, picture 3 of 6");
        await Assertions.Expect(who.Locator("img")).ToHaveCountAsync(1);
        for (var i = 0; i < 3; i++) await browser.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(who).ToHaveTextAsync("synthetic 3, picture 6 of 6");

        // The next stops are the button and the slider; the points move with it.
        var before = await browser.Page.Locator("svg g").Nth(5).GetAttributeAsync("transform");
        await browser.Page.Keyboard.PressAsync("Tab");
        await browser.Page.Keyboard.PressAsync("Tab");
        await browser.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(browser.Page.Locator("output")).ToHaveTextAsync("step 0");
        Assert.NotEqual(before, await browser.Page.Locator("svg g").Nth(5).GetAttributeAsync("transform"));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task In_space_the_slider_and_a_drag_turn_the_points_and_a_point_pointed_at_shows_its_photo()
    {
        using var faces = SyntheticFaces.Draw(2, 2, size: 16);
        float[][] rows = [[2, 0, 0], [0, 2, 0.5f], [-2, 0, 1], [0, -2, -1.5f]];
        var html = SimilarityWidgets.EmbeddingMovie([new(0, rows), new(50, rows)], faces, dimensions: 3).ToHtml();
        await using var browser = await Browser.StartAsync(800, 700);
        await browser.Page.SetContentAsync($"<!DOCTYPE html><html lang=\"en\"><body>{html}</body></html>");
        Task<string[]> Places() => browser.Page.Locator("svg g").EvaluateAllAsync<string[]>("g => g.map(e => e.getAttribute('transform'))");

        var before = await Places();
        await browser.Page.Locator(".turn").FocusAsync();
        await browser.Page.Keyboard.PressAsync("End");
        var half = await Places();
        Assert.All(before.Zip(half), p => Assert.NotEqual(p.First, p.Second));

        // A whole picture's width is a whole turn.
        var box = (await browser.Page.Locator("svg").BoundingBoxAsync())!;
        await browser.Page.Mouse.MoveAsync(box.X + 2, box.Y + 5);
        await browser.Page.Mouse.DownAsync();
        await browser.Page.Mouse.MoveAsync(box.X + 2 + (box.Width / 4), box.Y + 5);
        Assert.NotEqual(half, await Places());
        await browser.Page.Mouse.MoveAsync(box.X + 2 + box.Width, box.Y + 5);
        await browser.Page.Mouse.UpAsync();
        Assert.Equal(half, await Places());

        await browser.Page.Locator("svg g").Nth(2).HoverAsync();
        await Assertions.Expect(browser.Page.Locator(".who")).ToHaveTextAsync("synthetic 2, picture 3 of 4");
        Assert.Empty(browser.Errors);
    }
}
