using System.Reflection;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(FaceCourse.Studio.Tests.Chromium))]

namespace FaceCourse.Studio.Tests;

/// <summary>A window of the machine's own Chromium, headless, with storage of its own and a record of everything the page complains about.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private Browser(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
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

    /// <summary>Opens a window; skips the test where no Chromium is installed.</summary>
    public static async Task<Browser> StartAsync(int width = 1200, int height = 900, ColorScheme scheme = ColorScheme.Light, ReducedMotion motion = ReducedMotion.NoPreference)
    {
        // A context shares nothing with another one, and a test can open a second page in it.
        var context = await (await Chromium.GetAsync()).NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = motion });
        return new Browser(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}

/// <summary>The one Chromium that all tests open their windows in: starting one takes seconds. It starts with the first window, and ends with the tests.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Candidates =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", @"C:\Program Files\Google\Chrome\Application\chrome.exe",
         "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

    private static readonly SemaphoreSlim Gate = new(1);
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    /// <summary>The browser, started anew if it has crashed.</summary>
    internal static async Task<IBrowser> GetAsync()
    {
        var program = Candidates.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "No Chromium on this machine: install it (Debian: apt-get install chromium) to run this test.");

        await Gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_playwright is null)
            {
                var driver = typeof(Browser).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "PlaywrightFolder").Value;
                Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", driver);
                _playwright = await Playwright.CreateAsync();
            }

            if (_browser is not { IsConnected: true })
            {
                _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
                {
                    ExecutablePath = program,
                    Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
                });
            }

            return _browser;
        }
        finally
        {
            Gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }
}
