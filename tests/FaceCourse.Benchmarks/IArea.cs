namespace FaceCourse.Benchmarks;

/// <summary>One area of the course whose speed is compared: faces, kernel, similarity, style, convolutions, …</summary>
internal interface IArea
{
    /// <summary>The first half of each printed line, and the word after <c>ratios</c>.</summary>
    string Name { get; }

    /// <summary>True for an area that takes so long that it runs only when it is asked for.</summary>
    bool OnlyByName => false;

    /// <summary>Runs every comparison of the area.</summary>
    Task RunAsync(Ratios ratios);
}
