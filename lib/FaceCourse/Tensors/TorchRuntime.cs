using static TorchSharp.torch;

namespace FaceCourse.Tensors;

/// <summary>The one place that knows how TorchSharp is loaded and which device the course computes on.</summary>
/// <remarks>
/// Nothing has to be called before tensors are used: referring to any FaceCourse type is enough. The build property
/// <c>FaceCourseDevice</c> (<c>cpu</c>, the default, or <c>cuda</c>) chooses the libtorch package; in a CUDA build the
/// environment variable <c>FACECOURSE_DEVICE=cpu</c> still keeps the computation on the processor.
/// </remarks>
public static class TorchRuntime
{
    /// <summary>The environment variable that forces <c>cpu</c> in a CUDA build.</summary>
    public const string DeviceVariable = "FACECOURSE_DEVICE";

    private static readonly Lazy<Choice> Chosen = new(Choose);

    /// <summary>The device that networks and their inputs live on.</summary>
    /// <exception cref="DllNotFoundException">libtorch is not there, or does not fit this system; the message says what to do.</exception>
    public static Device Device => Chosen.Value.Device;

    /// <summary>
    /// Makes sure that FaceCourse answers when TorchSharp looks for libtorch, without loading it yet. Only a program that
    /// uses TorchSharp before any FaceCourse type has to call this.
    /// </summary>
    public static void Prepare() => NativeFiles.Subscribe();

    /// <summary>Which libtorch this build brings along, <c>cpu</c> or <c>cuda</c>; asking loads nothing.</summary>
    public static string BuiltFor => NativeFiles.BuiltFor;

    /// <summary>Loads libtorch if that has not happened yet, and returns the device.</summary>
    /// <exception cref="DllNotFoundException">libtorch is not there, or does not fit this system; the message says what to do.</exception>
    public static Device Initialize() => Device;

    /// <summary>What was loaded and which device was chosen, and why, in words for a student; one sentence per line.</summary>
    public static string Describe() => string.Join('\n', Chosen.Value.Sentences);

    private static Choice Choose()
    {
        Load();
        List<string> sentences = [.. NativeFiles.Notes];
        if (NativeFiles.Notes.Count == 0) sentences.Add("TorchSharp found libtorch by itself.");

        var threads = $"the processor ({Environment.ProcessorCount} cores, {get_num_threads()} used)";
        if (NativeFiles.BuiltFor != "cuda")
        {
            sentences.Add($"Computing on {threads}. For an NVIDIA GPU, build with -p:FaceCourseDevice=cuda.");
            return new Choice(CPU, sentences);
        }

        if (string.Equals(Environment.GetEnvironmentVariable(DeviceVariable), "cpu", StringComparison.OrdinalIgnoreCase))
        {
            sentences.Add($"Computing on {threads}, because {DeviceVariable}=cpu asks for it.");
            return new Choice(CPU, sentences);
        }

        if (cuda.is_available())
        {
            sentences.Add($"Computing on the NVIDIA GPU (CUDA; {cuda.device_count()} found).");
            return new Choice(CUDA, sentences);
        }

        sentences.Add($"Computing on {threads}: this is the CUDA build, but no usable NVIDIA GPU was found (is the driver installed? try nvidia-smi).");
        return new Choice(CPU, sentences);
    }

    private static void Load()
    {
        try
        {
            InitializeDeviceType(NativeFiles.BuiltFor == "cuda" && TryCuda() ? TorchSharp.DeviceType.CUDA : TorchSharp.DeviceType.CPU);
        }
        catch (Exception e) when (e is TypeInitializationException or NotSupportedException)
        {
            // TorchSharp wraps the first failure; the student needs the sentence inside, not the wrapping.
            var inner = e;
            while (inner.InnerException is not null) inner = inner.InnerException;
            throw inner as DllNotFoundException ?? new DllNotFoundException(inner.Message, e);
        }
    }

    private static bool TryCuda()
    {
        try
        {
            return TryInitializeDeviceType(TorchSharp.DeviceType.CUDA);
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException)
        {
            return false;
        }
    }

    private sealed record Choice(Device Device, IReadOnlyList<string> Sentences);
}
