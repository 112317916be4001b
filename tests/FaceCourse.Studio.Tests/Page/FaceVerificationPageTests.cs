using FaceCourse.Assets;
using Xunit;

namespace FaceCourse.Studio.Tests.Page;

/// <summary>Notebook 05 on the page, from the first step to the last, with one key.</summary>
public sealed class FaceVerificationPageTests(ServedCourse course) : IClassFixture<ServedCourse>
{
    [Fact]
    public async Task One_key_steps_through_the_notebook_to_its_end_and_everything_is_there_after_a_reload()
    {
        try
        {
            AssetStore.Default.Get("face-api/model/face_recognition_model.bin", TestContext.Current.CancellationToken);
        }
        catch (AssetException e)
        {
            Assert.Skip(e.Message);
        }

        await using var browser = await course.OpenAsync("05-face-verification");
        var page = browser.Page;
        await page.Locator(".jp-Cell").First.FocusAsync();
        await page.Keyboard.PressAsync("s");
        await page.WaitForSelectorAsync(".fc-stepbar:not([hidden])");
        // The cell that loads the library elsewhere is no step.
        var cells = await page.Locator(".jp-CodeCell:not(.fc-loader)").CountAsync();
        Assert.Equal(cells + 1, await page.Locator(".jp-CodeCell").CountAsync());

        for (var i = 0; i < cells; i++)
        {
            await page.Keyboard.PressAsync("Space");
            await page.WaitForFunctionAsync("!document.querySelector('.fc-stepbar .fc-primary').disabled", null, new() { Timeout = 120_000 });
            Assert.Equal(0, await page.Locator("[data-mime-type='application/vnd.jupyter.error']").CountAsync());
        }

        var charts = await page.Locator(".fc-chart").CountAsync();
        Assert.True(charts >= 4, $"{charts} charts");
        await page.WaitForFunctionAsync($"document.querySelectorAll('.fc-chart[data-drawn=true]').length === {charts}");
        Assert.Equal(0, await page.Locator(".jp-OutputArea-output img:not([alt]), .jp-OutputArea-output img[alt='']").CountAsync());
        await page.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Saved'", null, new() { Timeout = 20_000 });

        await page.ReloadAsync();
        await ServedCourse.ReadyAsync(browser);
        await page.WaitForFunctionAsync($"document.querySelectorAll('.fc-chart[data-drawn=true]').length === {charts}");

        Assert.Contains($"{cells} of {cells} cells run", await page.Locator(".fc-map-link[aria-current=page]").GetAttributeAsync("title"));
        Assert.Equal(0, await page.Locator(".fc-banner").CountAsync());
        Assert.Empty(browser.Errors);
    }
}
