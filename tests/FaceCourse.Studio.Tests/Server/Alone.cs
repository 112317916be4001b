using Xunit;

namespace FaceCourse.Studio.Tests.Server;

/// <summary>Tests that count this process's sockets or measure time: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
