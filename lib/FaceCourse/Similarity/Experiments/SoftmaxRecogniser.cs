using FaceCourse.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Face recognition as classification: a network with one output per person, ŷ = softmax(W f(x) + b).</summary>
/// <remarks>
/// Lecture section 2, the way that does not work for one-shot learning: its answer is always one of the people it was trained
/// on, and a new person is a new output, new weights and a new training.
/// </remarks>
public sealed class SoftmaxRecogniser : IDisposable
{
    // softmax of ten times a cosine can be nearly certain; of the cosine itself it cannot.
    private const double Scale = 10;

    private readonly SmallEncoder _encoder;
    private readonly TorchSharp.Modules.Linear _outputs;
    private readonly int[] _people;

    private SoftmaxRecogniser(SmallEncoder encoder, TorchSharp.Modules.Linear outputs, int[] people) => (_encoder, _outputs, _people) = (encoder, outputs, people);

    /// <summary>The people it can answer with, in the order of its outputs.</summary>
    public IReadOnlyList<int> People => _people;

    /// <summary>How many weights there are; they grow with each person.</summary>
    public long WeightCount => _encoder.parameters().Concat(_outputs.parameters()).Sum(p => p.numel());

    /// <summary>Trains a network for exactly these people, from the beginning, with the cross entropy loss.</summary>
    /// <param name="faces">At least two people.</param>
    /// <param name="steps">Steps of Adam, with 32 pictures each.</param>
    /// <param name="seed">Everything drawn by chance follows from it.</param>
    /// <param name="progress">Gets the loss of each step.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <exception cref="TrainingException">There is only one person, or the loss is no longer a number.</exception>
    public static SoftmaxRecogniser Train(FaceSet faces, int steps = 150, int seed = 0, IProgress<double>? progress = null, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        var people = faces.People.Distinct().Order().ToArray();
        if (people.Length < 2) throw new TrainingException($"a classifier needs at least two people to tell apart; there is {people.Length}");

        using var scope = NewDisposeScope();
        var encoder = SmallEncoder.For(faces, seed);
        var outputs = nn.Linear(encoder.Dimensions, people.Length);
        using (no_grad())
        {
            outputs.weight.copy_(randn(outputs.weight.shape, generator: new Generator((ulong)(uint)seed)) / Math.Sqrt(encoder.Dimensions));
            outputs.bias!.zero_();
        }

        var recogniser = new SoftmaxRecogniser(encoder, outputs, people);
        encoder.to(TorchRuntime.Device);
        outputs.to(TorchRuntime.Device);
        recogniser.Fit(faces, steps, seed, progress, ct);
        return recogniser;
    }

    /// <summary>The probability of each person.</summary>
    /// <param name="faces">N pictures.</param>
    /// <returns>[N, people], on the CPU; each row sums to 1, whoever is on the picture.</returns>
    public Tensor Probabilities(FaceSet faces)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        _encoder.eval();
        return Logits(faces.Pictures.to(TorchRuntime.Device)).softmax(1).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>The most probable person on each picture, and how sure the network is, 0…1.</summary>
    public IReadOnlyList<(int Person, double Probability)> Recognise(FaceSet faces)
    {
        using var scope = NewDisposeScope();
        var (values, indices) = Probabilities(faces).max(1);
        return [.. indices.data<long>().ToArray().Zip(values.data<float>().ToArray(), (i, p) => (_people[i], (double)p))];
    }

    /// <summary>The share of pictures whose person it names, 0…1.</summary>
    public double Accuracy(FaceSet faces) => Recognise(faces).Zip(faces.People, (answer, truth) => answer.Person == truth ? 1.0 : 0).Average();

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        _encoder.Dispose();
        _outputs.Dispose();
    }

    private Tensor Logits(Tensor pictures) => _outputs.call(_encoder.call(pictures) * Scale);

    private void Fit(FaceSet faces, int steps, int seed, IProgress<double>? progress, CancellationToken ct)
    {
        var target = tensor(faces.People.Select(p => (long)Array.IndexOf(_people, p)).ToArray());
        using var adam = optim.Adam(_encoder.parameters().Concat(_outputs.parameters()), lr: 2e-3);
        _encoder.train();
        for (var step = 0; step < steps; step++)
        {
            ct.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var random = Seeds.At(seed, step);
            var batch = tensor(Enumerable.Range(0, 32).Select(_ => (long)random.Next(faces.Count)).ToArray());
            var x = Augmentation.Jitter(faces.Pictures.index_select(0, batch), Seeds.Mix(seed, step)).to(TorchRuntime.Device);
            adam.zero_grad();
            var loss = nn.functional.cross_entropy(Logits(x), target.index_select(0, batch).to(TorchRuntime.Device));
            var value = loss.item<float>();
            if (!float.IsFinite(value)) throw new TrainingException($"the loss is {value} at step {step + 1}: a picture holds something that is not a number");
            loss.backward();
            adam.step();
            progress?.Report(value);
        }
    }
}
