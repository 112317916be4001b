using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>The loop that trains the section's small networks: Adam, with a rate that falls along half a cosine.</summary>
internal static class Training
{
    /// <summary>Takes <paramref name="steps"/> steps down the loss and returns every step's loss.</summary>
    /// <param name="network">What learns; left in evaluation mode.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="rate">The learning rate at the start.</param>
    /// <param name="loss">Draws a batch and computes its loss; runs in a dispose scope of its own.</param>
    /// <param name="progress">Told the step and its loss.</param>
    /// <param name="ct">Stops between two steps.</param>
    public static IReadOnlyList<double> Run(nn.Module network, int steps, double rate, Func<Tensor> loss, IProgress<(int Step, double Loss)>? progress, CancellationToken ct)
    {
        if (steps < 1) throw new ConvolutionException($"A training takes at least one step, not {steps}.");
        ct = LongWork.Or(ct);
        var losses = new List<double>(steps);
        using var optimizer = optim.Adam(network.parameters(), rate);
        network.train();
        for (var step = 0; step < steps; step++)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups) group.LearningRate = rate * (0.5 + (0.5 * Math.Cos(Math.PI * step / steps))) + 1e-5;
            var cost = loss();
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
            losses.Add(cost.item<float>());
            progress?.Report((step + 1, losses[^1]));
        }

        network.eval();
        return losses;
    }
}
