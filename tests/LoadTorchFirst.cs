using System.Runtime.CompilerServices;
using FaceCourse.Tensors;

namespace FaceCourse;

/// <summary>
/// A test may touch TorchSharp before any FaceCourse type. TorchSharp would then look for libtorch by itself, and copy
/// half a gigabyte beside the test's dll on the way; this makes FaceCourse.dll's loader come first.
/// </summary>
internal static class LoadTorchFirst
{
    [ModuleInitializer]
    internal static void Touch() => TorchRuntime.Prepare();
}
