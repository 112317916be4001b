namespace FaceCourse.Studio.Doctor;

/// <summary>How a check came out.</summary>
internal enum Health
{
    /// <summary>There and usable.</summary>
    Good,

    /// <summary>The course runs, with something less.</summary>
    Limited,

    /// <summary>The course does not run before this is mended.</summary>
    Missing,
}

/// <summary>What a check found, in a student's words, and what to do if it is not good.</summary>
internal sealed record Finding(Health Health, string Words, string? Remedy = null);

/// <summary>One question to this machine.</summary>
internal sealed record Check(string Name, Func<CancellationToken, Task<Finding>> RunAsync);
