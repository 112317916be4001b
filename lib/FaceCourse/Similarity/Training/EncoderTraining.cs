using System.Diagnostics;
using FaceCourse.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Trains an encoder with the triplet loss: sample, encode, compare, mine, step.</summary>
/// <example><code>var result = EncoderTraining.Run(new SmallEncoder(), train, unseen, new TrainingOptions { Steps = 300 });</code></example>
/// <remarks>
/// Every chance of step n follows from the seed and n alone, so a training that was killed and taken up again ends with the
/// same weights as one that was left in peace.
/// </remarks>
public static class EncoderTraining
{
    /// <summary>Trains.</summary>
    /// <param name="encoder">f: [N,C,H,W] to [N,D]; changed in place and moved to <see cref="TorchRuntime.Device"/>.</param>
    /// <param name="train">The faces to learn from.</param>
    /// <param name="unseen">Other people, to measure with, or null.</param>
    /// <param name="options">How; the defaults train on 48×48 pixels in about a minute.</param>
    /// <param name="progress">Gets a line at each evaluation.</param>
    /// <param name="ct">Stops between two steps, after a checkpoint has been written.</param>
    /// <exception cref="TrainingException">No positive pair is there, the loss is no longer a number, or the checkpoint is another's.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TrainingResult Run(
        nn.Module<Tensor, Tensor> encoder, FaceSet train, FaceSet? unseen = null, TrainingOptions? options = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        options ??= new TrainingOptions();
        var sampler = Sampler(train, options);
        encoder.to(TorchRuntime.Device);
        using var adam = optim.Adam(encoder.parameters(), lr: options.LearningRate);
        var run = new RunState(encoder, adam, train, unseen, options, sampler, progress);
        return run.Go(ct);
    }

    private static PersonSampler Sampler(FaceSet train, TrainingOptions options)
    {
        try
        {
            return new PersonSampler(train.People, options.PeoplePerBatch, options.PicturesPerPerson, options.Seed);
        }
        catch (ArgumentException e)
        {
            throw new TrainingException($"there is nothing to train on: {e.Message}", e);
        }
    }

    private sealed class RunState(
        nn.Module<Tensor, Tensor> encoder, Adam adam, FaceSet train, FaceSet? unseen, TrainingOptions options, PersonSampler sampler, IProgress<TrainingProgress>? progress)
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly List<EncodingSnapshot> _snapshots = [];
        private List<TrainingProgress> _history = [];
        private int _firstStep;
        private double _loss;
        private double _active;
        private int _since;

        public TrainingResult Go(CancellationToken ct)
        {
            var step = Resume();
            _firstStep = step;
            if (step == 0) Report(0);
            while (step < options.Steps)
            {
                if (ct.IsCancellationRequested)
                {
                    SaveCheckpoint(step);
                    ct.ThrowIfCancellationRequested();
                }

                Step(step);
                step++;
                if (step % options.EvaluateEvery == 0 || step == options.Steps)
                {
                    Report(step);
                    if (NoBetter())
                    {
                        SaveCheckpoint(step);
                        return Done($"no better for {options.Patience} evaluations");
                    }
                }

                if (step % options.CheckpointEvery == 0 || step == options.Steps) SaveCheckpoint(step);
            }

            return Done("all steps done");
        }

        private TrainingResult Done(string why)
        {
            encoder.eval();
            return new TrainingResult(_history, why, _snapshots);
        }

        private void Step(int step)
        {
            using var scope = NewDisposeScope();
            var (x, people) = Batch(step);
            encoder.train();
            adam.zero_grad();
            var distances = options.Loss.Distance.Pairwise(encoder.call(x));
            options.Miner.StartStep(step);
            var triplets = options.Miner.Mine(distances, people);
            var loss = options.Loss.Of(distances, triplets);
            var value = loss.to(float64).item<double>();
            if (!double.IsFinite(value))
            {
                throw new TrainingException(
                    $"the loss is {value} at step {step + 1}: stopped before the weights are lost. A learning rate of {options.LearningRate} may be too large, or a picture holds something that is not a number");
            }

            loss.backward();
            var length = StepLength(step);
            Shrink(length);
            foreach (var group in adam.ParamGroups) group.LearningRate = length;
            adam.step();
            _loss += value;
            _active += TripletCounts.Of(distances, triplets, options.Loss.Margin).ActiveShare;
            _since++;
        }

        private double StepLength(int step) => options.Anneal ? options.LearningRate * (1 + Math.Cos(Math.PI * step / options.Steps)) / 2 : options.LearningRate;

        // Decoupled from Adam's own scaling (Loshchilov and Hutter 2019); what is added or normalised is left alone.
        private void Shrink(double length)
        {
            if (options.WeightDecay == 0) return;
            using var quiet = no_grad();
            foreach (var weight in encoder.parameters().Where(p => p.dim() > 1)) weight.mul_(1 - (length * options.WeightDecay));
        }

        private (Tensor Pictures, Tensor People) Batch(int step)
        {
            var batch = sampler.Batch(step);
            var pictures = train.Pictures.index_select(0, tensor(batch.Select(i => (long)i).ToArray()));
            if (options.Augment) pictures = Augmentation.Jitter(pictures, Seeds.Mix(options.Seed, step), options.AugmentStrength);
            if (options.Augment && options.Cover) pictures = Augmentation.Cover(pictures, Seeds.Mix(~options.Seed, step));
            return (pictures.to(TorchRuntime.Device), tensor(batch.Select(i => (long)train.People[i]).ToArray(), device: TorchRuntime.Device));
        }

        private void Report(int step)
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            encoder.eval();
            var (x, people) = Batch(step);
            var distances = options.Loss.Distance.Pairwise(encoder.call(x));
            var n = people.numel();
            var accuracy = double.NaN;
            if (unseen is not null)
            {
                var encodings = Encodings.Of(encoder, unseen);
                accuracy = OneShot.Accuracy(encodings, unseen.People, distance: options.Loss.Distance);
                if (options.KeepEncodings)
                    _snapshots.Add(new EncodingSnapshot(step, [.. encodings.to(float32).data<float>().ToArray().Chunk((int)encodings.shape[1])]));
            }

            var done = step - _firstStep;
            var left = done == 0 ? TimeSpan.Zero : _watch.Elapsed / done * (options.Steps - step);
            var line = new TrainingProgress(
                step, options.Steps, _since == 0 ? double.NaN : _loss / _since, _since == 0 ? double.NaN : _active / _since,
                TripletCounts.OfBatch(distances, people, options.Loss.Margin),
                distances.sum().to(float64).item<double>() / (n * (n - 1)), accuracy, _watch.Elapsed, left);
            (_loss, _active, _since) = (0, 0, 0);
            _history.Add(line);
            progress?.Report(line);
        }

        private bool NoBetter()
        {
            if (options.Patience == 0 || _history.Count <= options.Patience) return false;
            // People never seen decide; without them, the loss.
            var scores = _history.Select(h => double.IsNaN(h.UnseenAccuracy) ? -h.Loss : h.UnseenAccuracy).Select(s => double.IsNaN(s) ? double.NegativeInfinity : s).ToList();
            return scores[^options.Patience..].Max() <= scores[..^options.Patience].Max();
        }

        private int Resume()
        {
            if (options.Checkpoint is null) return 0;
            // What a process left that was killed while writing.
            var folder = Path.GetDirectoryName(Path.GetFullPath(options.Checkpoint))!;
            if (Directory.Exists(folder))
            {
                foreach (var part in Directory.GetFiles(folder, $"{Path.GetFileName(options.Checkpoint)}.*.part")) File.Delete(part);
            }

            if (!File.Exists(options.Checkpoint)) return 0;
            (var step, _history) = Checkpoint.Restore(options.Checkpoint, encoder, adam, options.Signature);
            // Lines written after the checkpoint's step come again.
            _history.RemoveAll(h => h.Step > step);
            return step;
        }

        private void SaveCheckpoint(int step)
        {
            if (options.Checkpoint is not null) Checkpoint.Save(options.Checkpoint, encoder, adam, step, options.Signature, _history);
        }
    }
}
