using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>The picture G at one size while it is being painted, and the best one so far.</summary>
internal sealed class Canvas
{
    private const int Backtracks = 5;

    // Above so many times the first cost, so many steps in a row, a run no longer finds back. One step too far is forgiven.
    private const double Diverged = 5;
    private const int Patience = 3;

    private readonly StyleSettings _settings;
    private readonly StyleTransfer.Work _work;
    private readonly Tensor? _paintable;
    private Tensor _g;
    private StyleCosts _costs;
    private Tensor _gradient;

    public Canvas(StyleProblem problem, Tensor from, Tensor content, StyleSettings settings, StyleTransfer.Work work)
    {
        (Problem, _settings, _work) = (problem, settings, work);
        _g = from.detach().clone();
        if (settings.Mask is { } mask)
        {
            _paintable = StyleProblem.MaskAt(mask, (int)_g.size(1), (int)_g.size(2)).to(_g.device);
            _g = content + (_g - content) * (_paintable > 0).to(float32);
        }

        (_costs, _gradient) = At(_g);
        Best = _g.clone();
        BestCosts = FirstCosts = _costs;
    }

    public StyleProblem Problem { get; }
    public Tensor Best { get; }
    public StyleCosts BestCosts { get; private set; }
    public StyleCosts FirstCosts { get; }

    /// <summary>Why the run ended early, or null.</summary>
    public string? Stopped { get; private set; }

    public void Run(int steps, CancellationToken ct)
    {
        if (!double.IsFinite(_costs.Total))
        {
            Stopped = "Stopped before the first step: the cost of the first picture is not a finite number. Are α, β and λ sensible, and all pixels between 0 and 1?";
            return;
        }

        using var lbfgs = new Lbfgs(_g.numel(), _g.device);
        var (first, second) = (zeros_like(_g), zeros_like(_g));
        var astray = 0;
        for (var step = 1; step <= steps; step++)
        {
            if (ct.IsCancellationRequested)
            {
                Stopped = $"Cancelled after {_work.Curve.Count} of {_settings.Steps} steps; this is the best picture so far.";
                return;
            }

            using var scope = NewDisposeScope();
            var moved = _settings.Optimizer switch
            {
                PixelOptimizer.Lbfgs => Descend(lbfgs),
                PixelOptimizer.Adam => Move(_g - (_settings.LearningRate ?? 0.02) * AdamStep(first, second, step)),
                _ => Move(_g - _settings.LearningRate!.Value * _gradient),
            };
            _work.Report(_costs, _g);
            if (_costs.Total < BestCosts.Total)
            {
                BestCosts = _costs;
                Best.copy_(_g);
            }

            if (!moved && _settings.Optimizer == PixelOptimizer.Lbfgs) return;
            astray = _costs.Total > Diverged * Math.Max(FirstCosts.Total, 1e-12) ? astray + 1 : 0;
            if (!double.IsFinite(_costs.Total) || astray == Patience)
            {
                Stopped = $"Stopped after {_work.Curve.Count} steps, because the cost grew to {_costs.Total:0.###e+0} instead of falling: the steps are too long. Try a smaller LearningRate; this is the best picture before that.";
                return;
            }
        }
    }

    private (StyleCosts Costs, Tensor Gradient) At(Tensor g)
    {
        var (costs, gradient) = Problem.At(g);
        return (costs, _paintable is null ? gradient : gradient * _paintable);
    }

    /// <summary>Goes to a new picture, whatever it costs.</summary>
    private bool Move(Tensor to)
    {
        var g = to.clamp(0, 1);
        var (costs, gradient) = At(g);
        Accept(g, costs, gradient);
        return true;
    }

    /// <summary>One L-BFGS step within 0…1, shortened until the cost falls. False when there is no way down any more.</summary>
    private bool Descend(Lbfgs lbfgs)
    {
        // A pixel at the edge of 0…1 that would have to leave it is no direction to go.
        var free = (_g.gt(0) | _gradient.lt(0)) & (_g.lt(1) | _gradient.gt(0));
        var gradient = (_gradient * free).flatten();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var direction = lbfgs.Direction(gradient);
            // Nothing is known of the curvature at first: the largest pixel change is a tenth of the range.
            if (lbfgs.IsEmpty) direction = direction * (0.1 / Math.Max(gradient.abs().max().item<float>(), 1e-30));
            for (var (length, tries) = (1.0, 0); tries < Backtracks; tries++, length /= 3)
            {
                var to = (_g + length * direction.view_as(_g) * free).clamp(0, 1);
                var (costs, newGradient) = At(to);
                if (!(costs.Total < _costs.Total)) continue;
                lbfgs.Remember((to - _g).flatten(), (newGradient - _gradient).flatten() * free.flatten());
                Accept(to, costs, newGradient);
                return true;
            }

            if (lbfgs.IsEmpty) return false;
            lbfgs.Forget();
        }

        return false;
    }

    private void Accept(Tensor g, StyleCosts costs, Tensor gradient)
    {
        _g.copy_(g);
        _gradient.copy_(gradient);
        _costs = costs;
    }

    private Tensor AdamStep(Tensor first, Tensor second, int step)
    {
        const double B1 = 0.9, B2 = 0.999;
        first.mul_(B1).add_(_gradient * (1 - B1));
        second.mul_(B2).add_(_gradient.square() * (1 - B2));
        return first / (1 - Math.Pow(B1, step)) / ((second / (1 - Math.Pow(B2, step))).sqrt() + 1e-12);
    }
}
