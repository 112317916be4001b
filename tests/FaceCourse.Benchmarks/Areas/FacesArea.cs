using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Faces;
using FaceCourse.Images;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>The encoder against the JavaScript library and ONNX Runtime, the gallery against the memory it reads, and where a photo's time goes.</summary>
internal sealed class FacesArea : IArea
{
    private const int People = 1_000_000;
    private const int Dimension = FaceEncoder.Dimension;

    public string Name => "faces";

    public async Task RunAsync(Ratios ratios)
    {
        await EncoderAsync(ratios);
        SameNetwork(ratios);
        SecondEncoder(ratios);
        Pipeline(ratios);
        Search(ratios);
        Sizes(ratios);
    }

    private static async Task EncoderAsync(Ratios ratios)
    {
        var packages = await JavascriptPackagesAsync(ratios);
        foreach (var (batch, half) in new[] { (1, false), (1, true), (32, false), (32, true) })
        {
            using var encoder = FaceEncoder.Load(bfloat16: half);
            var kind = half ? "bf16" : "f32";
            using var crops = rand(batch, 3, encoder.InputSize, encoder.InputSize);
            double Ours() => Seconds(() => encoder.Encode(crops).Dispose(), Math.Max(1, 16 / batch)) / batch;
            if (packages is not null) ratios.Faster($"encode-{batch}-{kind}-vs-js-wasm", Ours, () => Javascript(packages, batch), "≥ 5");
            ratios.Note(string.Create(CultureInfo.InvariantCulture, $"batch {batch}, {kind}: {1 / Ours():0.0} encodings a second, {get_num_threads()} threads"));
        }
    }

    private static async Task<string?> JavascriptPackagesAsync(Ratios ratios)
    {
        var scripts = Path.Combine(AppContext.BaseDirectory, "js");
        var packages = new NpmPackages(new AssetStoreOptions
        {
            CacheFolder = Path.Combine(CacheFolder.Root, "tests"),
            PackageJson = await File.ReadAllTextAsync(Path.Combine(scripts, "package.json")),
            PackageLock = await File.ReadAllTextAsync(Path.Combine(scripts, "package-lock.json")),
        });
        try
        {
            await packages.RestoreAsync(() => packages.Restored, CancellationToken.None);
            return packages.Folder;
        }
        catch (AssetException e)
        {
            ratios.Note($"not compared with the JavaScript library: {e.Message}");
            return null;
        }
    }

    private static double Javascript(string packages, int batch)
    {
        var model = Path.GetDirectoryName(AssetStore.Default.Get(FaceResNet.Manifest))!;
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "js", "encode.cjs"), model, $"{batch}"])
        {
            WorkingDirectory = packages, RedirectStandardOutput = true,
        })!;
        var seconds = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return double.Parse(seconds, CultureInfo.InvariantCulture);
    }

    /// <summary>Our encoder, written as an ONNX file, in ONNX Runtime: the same numbers first, then the clock.</summary>
    private static void SameNetwork(Ratios ratios)
    {
        using var quiet = inference_mode();
        using var network = FaceResNet.Load();
        using var session = new InferenceSession(OnnxFile.Of(network));
        using var mean = Convolution.FaceMean();
        foreach (var (batch, half) in new[] { (1, false), (32, false), (1, true), (32, true) })
        {
            if (half) network.InBFloat16();
            using var crops = rand(batch, 3, FaceResNet.InputSize, FaceResNet.InputSize);
            using var centred = crops.sub(mean);
            var input = new[] { NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(centred.data<float>().ToArray(), [batch, 3, FaceResNet.InputSize, FaceResNet.InputSize])) };
            using (var theirs = session.Run(input))
            using (var ours = network.forward(crops))
            {
                var moved = ours.data<float>().ToArray().Zip(theirs[0].AsEnumerable<float>(), (a, b) => Math.Abs(a - b)).Max();
                if (moved > (half ? 1e-2 : 1e-4)) throw new InvalidOperationException($"ONNX Runtime computes another network: its numbers are {moved} away from ours");
            }

            var times = Math.Max(1, 16 / batch);
            ratios.Faster($"encode-{batch}-{(half ? "bf16" : "f32")}-vs-onnxruntime", () => Seconds(() => network.forward(crops).Dispose(), times), () => Seconds(() => session.Run(input).Dispose(), times), "≥ 1");
        }
    }

    /// <summary>The second encoder: the same network, the same file, one face at a time, which is what the file is made for.</summary>
    private static void SecondEncoder(Ratios ratios)
    {
        using var network = MobileFaceNet.Load();
        using var session = new InferenceSession(AssetStore.Default.Get(MobileFaceNet.Asset));
        using var crop = rand(1, 3, 112, 112);
        var input = new[] { NamedOnnxValue.CreateFromTensor("input0", new DenseTensor<float>(crop.data<float>().ToArray(), [1, 3, 112, 112])) };
        using var quiet = inference_mode();
        ratios.Faster("mobilefacenet-1-vs-onnxruntime", () => Seconds(() => network.forward(crop).Dispose(), 10), () => Seconds(() => session.Run(input).Dispose(), 10), "≥ 1");
    }

    private static void Pipeline(Ratios ratios)
    {
        using var reader = FaceReader.Load();
        using var gallery = Gallery.InMemory();
        string[] files = [.. Enumerable.Range(1, SamplePhotos.Count).Select(i => AssetStore.Default.Get($"face-api/demo/sample{i}.jpg"))];
        var seconds = new double[4];
        for (var round = 0; round < 2; round++)
        {
            Array.Clear(seconds);
            Photo[] photos = [];
            IReadOnlyList<Face> faces = [];
            IReadOnlyList<EncodedFace> encoded = [];
            seconds[0] = Seconds(() => photos = [.. files.Select(Photo.Load)]);
            seconds[1] = Seconds(() => faces = [.. reader.Detector.Detect(photos).SelectMany(f => f)]);
            seconds[2] = Seconds(() => encoded = reader.Encode(faces));
            foreach (var face in encoded) gallery.Enrol(face.Face.Name, face.Encoding);
            seconds[3] = Seconds(() => { foreach (var face in encoded) gallery.Recognise(face.Encoding); });
            foreach (var photo in photos) photo.Dispose();
        }

        var all = seconds.Sum();
        ratios.Note(string.Create(CultureInfo.InvariantCulture,
            $"file to names: {files.Length / all:0.00} photos a second; decode {seconds[0] / all:0 %}, detect {seconds[1] / all:0 %}, align and encode {seconds[2] / all:0 %}, recognise {seconds[3] / all:0.0 %}"));
    }

    private static void Search(Ratios ratios)
    {
        var numbers = new float[(long)People * Dimension];
        var random = new Random(1);
        for (var i = 0; i < numbers.Length; i++) numbers[i] = random.NextSingle() - 0.5f;
        using var store = new MemoryGalleryStore();
        store.Add([.. Enumerable.Range(0, People).Select(i => $"{i}")], numbers, Dimension);
        var probe = numbers[..Dimension];
        var probes = numbers[..(64 * Dimension)];

        // What the memory gives: as many bytes read once by all cores, with the least that can be done to them.
        float[][] blocks = [.. numbers.Chunk(8192 * Dimension)];
        double ReadAll() => Seconds(() => Parallel.For(0, blocks.Length, i => Read(blocks[i])));
        double One() => Seconds(() => store.Nearest(probe, Dimension, 2));
        double Many() => Seconds(() => store.Nearest(probes, Dimension, 2));
        ratios.Faster("search-1M-vs-memory-bandwidth", One, ReadAll, "≥ 0.8");
        ratios.Note(string.Create(CultureInfo.InvariantCulture, $"one probe among {People}: {1000 * One():0.0} ms, {4e-9 * numbers.Length / One():0.0} GB/s; 64 probes: {1000 * Many():0.0} ms"));

        // What a large square product, the kindest to the processor, would need for as many multiplications: 64 · 128 · people.
        using (inference_mode())
        {
            using var square = rand(2048, 2048);
            ratios.Faster("search-64-vs-gemm-rate", Many, () => Seconds(() => square.mm(square).Dispose()) * 64 * Dimension * People / Math.Pow(2048, 3), "near 1");
        }

        ratios.Faster("search-1M-vs-linq", One, () => Seconds(() => _ = Enumerable.Range(0, People)
            .Select(i => (i, D: Enumerable.Range(0, Dimension).Sum(k => (numbers[(i * Dimension) + k] - probe[k]) * (numbers[(i * Dimension) + k] - probe[k])))).MinBy(x => x.D)), "≫ 1");

        if (!File.Exists("/usr/bin/python3") || double.IsNaN(Faiss(1000, 1))) ratios.Note("not compared with FAISS: Debian's python3-faiss is not installed, or multiplies with the reference BLAS (install libopenblas0-pthread)");
        else
        {
            ratios.Faster("search-1M-vs-faiss-flat", One, () => Faiss(People, 1), "≥ 1");
            ratios.Faster("search-1M-64-probes-vs-faiss-flat", Many, () => Faiss(People, 64), "≥ 1");
        }
    }

    private static Vector<float> Read(float[] block)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(block);
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (var i = 0; i + 3 < vectors.Length; i += 4)
        {
            a += vectors[i];
            b += vectors[i + 1];
            c += vectors[i + 2];
            d += vectors[i + 3];
        }

        return a + b + c + d;
    }

    /// <summary>How the search's time grows with the number of people: what <c>models/gallery.md</c> states.</summary>
    private static void Sizes(Ratios ratios)
    {
        var random = new Random(2);
        foreach (var people in new[] { 10_000, 100_000, 1_000_000, 4_000_000 })
        {
            var numbers = new float[(long)people * Dimension];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = random.NextSingle() - 0.5f;
            var before = GC.GetTotalMemory(forceFullCollection: true);
            using var store = new MemoryGalleryStore();
            var open = Seconds(() => store.Add([.. Enumerable.Range(0, people).Select(i => $"{i}")], numbers, Dimension));
            var megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
            var probe = numbers[..Dimension];
            store.Nearest(probe, Dimension, 2);
            var one = Enumerable.Range(0, 7).Select(_ => Seconds(() => store.Nearest(probe, Dimension, 2))).Order().ElementAt(3);
            ratios.Note(string.Create(CultureInfo.InvariantCulture, $"{people} people: {megabytes:0} MB, enrolled in {open:0.00} s, {1000 * one:0.00} ms a probe"));
        }
    }

    private static double Faiss(int people, int probes)
    {
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "python", "faiss_flat.py"), $"{people}", $"{probes}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var seconds = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0 ? double.Parse(seconds, CultureInfo.InvariantCulture) : double.NaN;
    }

    private static double Seconds(Action action, int times = 1)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < times; i++) action();
        return watch.Elapsed.TotalSeconds / times;
    }
}
