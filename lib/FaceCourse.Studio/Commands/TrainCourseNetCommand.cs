using System.CommandLine;
using System.Globalization;
using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.ConvNets.Training;
using FaceCourse.Images;
using FaceCourse.Style;
using FaceCourse.Tensors;
using Spectre.Console;
using static TorchSharp.torch;

namespace FaceCourse.Studio.Commands;

/// <summary><c>train-coursenet</c>: makes the small network of models/ anew.</summary>
internal static class TrainCourseNetCommand
{
    private static readonly string[] Photos =
    [
        "media/content/astronaut.png", "media/content/chelsea.png", "media/content/coffee.png",
        "media/style/great_wave.jpg", "media/style/starry_night.jpg", "media/style/the_scream.jpg",
    ];

    public static Command Create()
    {
        var output = new Option<FileInfo>("--out") { Description = "The file to write.", DefaultValueFactory = _ => new("models/coursenet.safetensors") };
        var folder = new Option<DirectoryInfo?>("--pictures") { Description = "A folder of further pictures (png, jpg), searched in depth; for example an unpacked openclipart." };
        var most = new Option<int>("--most") { Description = "How many pictures of that folder to use.", DefaultValueFactory = _ => 250 };
        var steps = new Option<int>("--steps") { Description = "Steps of Adam.", DefaultValueFactory = _ => new CourseNetRecipe().Steps };
        var command = new Command("train-coursenet", "Train CourseNet, the small network that this project carries with it.") { output, folder, most, steps };
        command.SetAction((result, ct) => Task.Run(() => Run(AnsiConsole.Console, result.GetValue(output)!, result.GetValue(folder), result.GetValue(most), result.GetValue(steps), ct), ct));
        return command;
    }

    private static int Run(IAnsiConsole console, FileInfo output, DirectoryInfo? folder, int most, int steps, CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        using var vgg = Vgg19.Load();
        using var squeeze = SqueezeNet.Load();
        var pictures = Pictures(folder, most);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pictures.Count} pictures, {steps} steps"));
        var progress = new Progress<CourseNetProgress>(p => console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{p.Elapsed:mm\\:ss} {p.Words}{(p.Steps > 0 ? $" {p.Step}/{p.Steps}" : "")}: {100 * p.Loss:0.0} % of the teacher's energy missed")));
        var weights = CourseNetTraining.Train(vgg, squeeze, pictures, new() { Steps = steps }, progress, ct);

        // float16 is exact to 0.05 %, far less than what the student misses of its teachers, and half as large.
        SafeTensors.Save(output.FullName, weights.ToDictionary(w => w.Key, w => w.Value.to(float16)), new Dictionary<string, string>
        {
            ["network"] = "CourseNet",
            ["recipe"] = string.Create(CultureInfo.InvariantCulture, $"course train-coursenet --steps {steps} on {pictures.Count} pictures"),
            ["teachers"] = "VGG-19 (Oxford VGG, CC BY 4.0) and SqueezeNet 1.1 (BSD)",
        });
        console.WriteLine($"written: {output.FullName} ({new FileInfo(output.FullName).Length / 1e6:0.0} MB)");
        return 0;
    }

    private static List<Tensor> Pictures(DirectoryInfo? folder, int most)
    {
        List<Tensor> pictures = [];
        foreach (var name in Photos)
        {
            var photo = ImageFile.Load(AssetStore.Default.Get(name));
            // Photographs are few and drawings are many: each photo counts as often as all squares of it differ.
            pictures.AddRange(Enumerable.Repeat(photo, 24));
            pictures.AddRange(Enumerable.Repeat(Resample.Area(photo, (int)photo.shape[1] / 2, (int)photo.shape[2] / 2), 16));
        }

        for (var seed = 1; seed <= 12; seed++) pictures.AddRange([GeneratedStyles.Strokes(256, seed), GeneratedStyles.Mosaic(256, seed), GeneratedStyles.Woodcut(256, seed)]);
        if (folder is null) return pictures;

        var files = folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(f => f.Extension is ".png" or ".jpg" or ".jpeg").OrderBy(f => f.FullName, StringComparer.Ordinal).ToList();
        var every = Math.Max(1, files.Count / Math.Max(1, most));
        for (var i = 0; i < files.Count && i / every < most; i += every)
        {
            try
            {
                var picture = ImageFile.Load(files[i].FullName);
                var scale = 320.0 / Math.Max(picture.shape[1], picture.shape[2]);
                var (h, w) = (Math.Max(16, (int)(picture.shape[1] * scale)), Math.Max(16, (int)(picture.shape[2] * scale)));
                pictures.Add(scale < 1 ? Resample.Area(picture, h, w) : Resample.Bilinear(picture, h, w));
                if (scale < 1) picture.Dispose();
            }
            catch (ImageException)
            {
                // A picture of a folder like this one that cannot be read is one picture less.
            }
        }

        return pictures;
    }
}
