using FaceCourse.Studio.Tests.Notebooks;
using Xunit;

namespace FaceCourse.Studio.Tests;

/// <summary>What notebook 05 draws on the real photographs.</summary>
public sealed class FaceVerificationNotebookTests
{
    [Fact]
    public async Task The_distance_matrix_shows_a_face_beside_every_row_and_column()
    {
        var run = await CourseNotebooks.RunAsync("05-face-verification");
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(new Uri(run.Page).AbsoluteUri);
        var plots = await browser.Page.Locator(".course-chart").CountAsync();
        await browser.Page.WaitForFunctionAsync($"document.querySelectorAll('.course-chart[data-drawn=true]').length === {plots}");

        Assert.True(plots >= 4, $"{plots} charts");
        Assert.True(await browser.Page.Locator(".course-chart .heatmaplayer image").First.IsVisibleAsync());
        Assert.True(await browser.Page.Locator(".course-chart .layer-above image, .course-chart .imagelayer image").CountAsync() >= 40, "faces beside rows and columns");
    }
}
