using System.Reflection;
using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests;

/// <summary>The machine's own Chromium, headless, with a record of everything the page complains about.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Candidates =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", @"C:\Program Files\Google\Chrome\Application\chrome.exe",
         "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_playwright, _browser, Page) = (playwright, browser, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") Errors.Add(message.Text);
        };
        page.PageError += (_, error) => Errors.Add(error);
        // A request that was under way when the page was left is no failure.
        page.RequestFailed += (_, request) =>
        {
            if (request.Failure != "net::ERR_ABORTED") Errors.Add($"failed request: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Console errors, uncaught exceptions and failed requests, in order.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Starts a browser without network; skips the test where none is installed.</summary>
    public static async Task<Browser> StartAsync(int width = 1200, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        var program = Candidates.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "No Chromium on this machine: install it (Debian: apt-get install chromium) to run this test.");

        var driver = typeof(Browser).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "PlaywrightFolder").Value;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", driver);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        // Of a context of its own, so that a test can open a second page in it.
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });
        var page = await context.NewPageAsync();
        return new Browser(playwright, browser, page);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
