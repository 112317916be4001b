using FaceCourse.Tensors;
using TorchSharp;
using Xunit;

namespace FaceCourse.Tests.Tensors;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void A_tensor_computes_on_the_chosen_device()
    {
        using var _ = torch.NewDisposeScope();
        var ones = torch.ones(3, 4, device: TorchRuntime.Device);

        Assert.Equal(12f, ones.sum().item<float>());
    }

    [Fact]
    public void The_description_names_the_libtorch_package_and_the_device()
    {
        var words = TorchRuntime.Describe();

        Assert.Contains("libtorch", words);
        Assert.Contains("Computing on", words);
    }

    [Fact]
    public void No_output_folder_holds_a_copy_of_libtorch()
    {
        var copies = Directory.EnumerateFiles(AppContext.BaseDirectory, "*torch_cpu*", SearchOption.AllDirectories);

        Assert.Empty(copies);
    }
}
