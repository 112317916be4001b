using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using FaceCourse.Assets;
using FaceCourse.Images;
using FaceCourse.TestSupport;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Faces;

/// <summary>@vladmandic/face-api run in Node on TensorFlow.js's WebAssembly backend: the library ours is compared with.</summary>
internal sealed record FaceApi(IReadOnlyList<FaceApiFace[]> Photos, IReadOnlyList<float[]> Descriptors, IReadOnlyList<FaceApiFace[]> Tiny)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Runs it on photos and on aligned crops; skips the test where Node or its packages are not to be had.</summary>
    /// <param name="photos">Photos whose pixels are whole numbers of 255.</param>
    /// <param name="crops">[N,3,150,150], 0…1.</param>
    public static FaceApi Run(IReadOnlyList<Photo> photos, Tensor crops)
    {
        using var scope = NewDisposeScope();
        var scripts = Path.Combine(AppContext.BaseDirectory, "js");
        var packages = NpmFolder.RestoreAsync(scripts, "The JavaScript library that this test compares with").GetAwaiter().GetResult();
        var folder = Directory.CreateTempSubdirectory("face-api-").FullName;
        try
        {
            var files = photos.Select((photo, i) =>
            {
                var file = Path.Combine(folder, $"{i}.rgb");
                File.WriteAllBytes(file, photo.Pixels.mul(255).round().to(uint8).permute(1, 2, 0).contiguous().data<byte>().ToArray());
                return new { file, width = photo.Width, height = photo.Height };
            }).ToList();
            var cropFile = Path.Combine(folder, "crops.f32");
            File.WriteAllBytes(cropFile, MemoryMarshal.AsBytes<float>(crops.mul(255).permute(0, 2, 3, 1).contiguous().data<float>().ToArray()).ToArray());
            var model = Path.GetDirectoryName(AssetStore.Default.Get("face-api/model/face_recognition_model-weights_manifest.json"));
            var job = JsonSerializer.Serialize(new { model, photos = files, crops = new { file = cropFile, count = crops.shape[0] } });
            return JsonSerializer.Deserialize<FaceApi>(Node(Path.Combine(scripts, "parity.cjs"), packages, job), Web)!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Node(string script, string folder, string input)
    {
        using var process = Process.Start(new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.Result;
    }
}

/// <summary>A face as the JavaScript library reports it, in photo pixels; the tiny detector was asked for boxes only.</summary>
internal sealed record FaceApiFace(double Score, double[] Box, double[][] Landmarks, float[] Descriptor);
