using System.Net;

namespace FaceCourse.Studio.Server;

/// <summary>A page of one sentence, for when the real one cannot be shown.</summary>
internal static class Notice
{
    /// <summary>HTML in the system's own font and colours.</summary>
    public static string Page(string title, string sentence) =>
        $"""
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <title>{WebUtility.HtmlEncode(title)} · FaceCourse</title>
        <style>body {"{"} font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem {"}"}</style>
        <main><h1>{WebUtility.HtmlEncode(title)}</h1><p>{WebUtility.HtmlEncode(sentence)}</p></main></html>
        """;
}
