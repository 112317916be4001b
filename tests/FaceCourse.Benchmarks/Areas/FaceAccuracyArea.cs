using System.Globalization;
using FaceCourse.Assets;
using FaceCourse.Faces;
using FaceCourse.Images;
using FaceCourse.Similarity;
using static TorchSharp.torch;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>How well the pretrained encoders tell real people apart: the numbers of the model cards, anew.</summary>
internal sealed class FaceAccuracyArea : IArea
{
    public string Name => "face-accuracy";

    public Task RunAsync(Ratios ratios)
    {
        using var detector = FaceDetector.Load();
        using var dlib = FaceEncoder.Load();
        using var half = FaceEncoder.Load(bfloat16: true);
        using var mobile = FaceEncoder.LoadMobileFaceNet();
        (string, Func<Collection>)[] collections = [("ORL, 92×112 grey", Orl), ("CMU, 60×60 grey, half of them with sunglasses, half of them not looking at the camera", Cmu)];
        foreach (var (name, load) in collections)
        {
            using var collection = load();
            var found = detector.Detect(collection.Photos).Select(f => f.MaxBy(face => face.Box.Area)).ToArray();
            var whole = detector.WholePhotos(collection.Photos);
            Face[] faces = [.. found.Select((face, i) => face ?? whole[i])];
            ratios.Note($"{name}: {faces.Length} photos of {collection.People.Distinct().Count()} people, a face found in {found.Count(f => f is not null)}; the others are taken whole");
            Judge(ratios, "dlib", dlib, faces, collection.People);
            Judge(ratios, "dlib bf16", half, faces, collection.People);
            Judge(ratios, "MobileFaceNet", mobile, faces, collection.People);
        }

        return Task.CompletedTask;
    }

    private static void Judge(Ratios ratios, string name, FaceEncoder encoder, Face[] faces, IReadOnlyList<int> people)
    {
        using var scope = NewDisposeScope();
        var encodings = cat([.. faces.Chunk(32).Select(encoder.Encode)]);
        var matrix = FaceDistance.Matrix(encodings).data<float>().ToArray();

        // τ is found on every second person and judged on the others, whom it has never seen.
        var (all, known, unknown) = (Pairs(_ => true), Pairs(p => p % 2 == 0), Pairs(p => p % 2 == 1));
        var threshold = known.BestThreshold;
        ratios.Note(string.Create(CultureInfo.InvariantCulture,
            $"  {name}: AUC {all.Auc:0.0000}, EER {all.EqualErrorRate:0.0%}, TAR {all.TrueAcceptsAt(0.01):0.0%} at FAR 1 % and {all.TrueAcceptsAt(0.001):0.0%} at FAR 0.1 %; " +
            $"τ = {threshold:0.000} from half of the people is right for {unknown.Accuracy(threshold):0.0%} of the other half's pairs (FAR {unknown.FalseAcceptRate(threshold):0.0%}, FRR {unknown.FalseRejectRate(threshold):0.0%}), " +
            $"τ = {encoder.UsualThreshold:0.000} for {all.Accuracy(encoder.UsualThreshold):0.0%} of all; one enrolled photo per person recognises {OneEnrolled(encodings, people):0.0%}"));

        Roc Pairs(Func<int, bool> wanted)
        {
            List<double> same = [], different = [];
            for (var i = 0; i < people.Count; i++)
            {
                for (var j = i + 1; j < people.Count; j++)
                {
                    if (wanted(people[i]) && wanted(people[j])) (people[i] == people[j] ? same : different).Add(matrix[(i * people.Count) + j]);
                }
            }

            return new Roc(same, different);
        }
    }

    /// <summary>The share of photos whose nearest enrolled person is the right one; the first ten photos of each person take turns at being enrolled.</summary>
    private static double OneEnrolled(Tensor encodings, IReadOnlyList<int> people)
    {
        var (right, asked) = (0, 0);
        var photosOf = Enumerable.Range(0, people.Count).GroupBy(i => people[i]).Select(g => g.ToArray()).ToArray();
        for (var turn = 0; turn < 10; turn++)
        {
            using var gallery = Gallery.InMemory();
            int[] enrolled = [.. photosOf.Select(p => p[turn])];
            gallery.Enrol([.. enrolled.Select(i => $"{people[i]}")], encodings[tensor(enrolled.Select(i => (long)i).ToArray())]);
            int[] probes = [.. Enumerable.Range(0, people.Count).Except(enrolled)];
            var answers = gallery.Recognise(encodings[tensor(probes.Select(i => (long)i).ToArray())]);
            right += probes.Zip(answers).Count(p => p.Second.Nearest!.Value.Person == $"{people[p.First]}");
            asked += probes.Length;
        }

        return (double)right / asked;
    }

    private static Collection Orl()
    {
        var folder = AssetStore.Default.GetFolder("faces/orl_faces");
        var files = Enumerable.Range(1, 40).SelectMany(p => Enumerable.Range(1, 10).Select(i => (Person: p, File: Path.Combine(folder, $"s{p}", $"{i}.pgm")))).ToArray();
        return new Collection([.. files.Select(f => Photo.Load(f.File))], [.. files.Select(f => f.Person)]);
    }

    private static Collection Cmu()
    {
        using var set = CmuFaces.Load(60);
        return new Collection([.. Enumerable.Range(0, set.Count).Select(i => new Photo(set.Pictures[i].expand(3, -1, -1).contiguous(), $"CMU {i}"))], set.People);
    }

    private sealed record Collection(IReadOnlyList<Photo> Photos, IReadOnlyList<int> People) : IDisposable
    {
        public void Dispose()
        {
            foreach (var photo in Photos) photo.Dispose();
        }
    }
}
