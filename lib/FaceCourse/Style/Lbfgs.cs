using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>Limited-memory BFGS: the descent direction −H·g, where H is the inverse curvature seen in the last steps.</summary>
/// <remarks>The two-loop recursion of Nocedal (1980). Memory for the history is taken once, [history, n] twice.</remarks>
internal sealed class Lbfgs : IDisposable
{
    private readonly int _history;
    private readonly Tensor _steps;
    private readonly Tensor _changes;
    private readonly double[] _curvature;
    private int _count;
    private int _next;

    public Lbfgs(long n, Device device, int history = 10)
    {
        _history = history;
        _steps = zeros([history, n], device: device).DetachFromDisposeScope();
        _changes = zeros([history, n], device: device).DetachFromDisposeScope();
        _curvature = new double[history];
    }

    /// <summary>Learns from one step: how far the point moved, and how the gradient changed with it.</summary>
    public void Remember(Tensor step, Tensor change)
    {
        using var scope = NewDisposeScope();
        var curvature = (double)step.dot(change).item<float>();
        // Only a convex stretch says something about the way down.
        if (!(curvature > 1e-10 * change.dot(change).item<float>())) return;
        _steps[_next].copy_(step);
        _changes[_next].copy_(change);
        _curvature[_next] = curvature;
        _next = (_next + 1) % _history;
        _count = Math.Min(_count + 1, _history);
    }

    /// <summary>True before the first step that could be learnt from.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Forgets everything, after a step that led nowhere.</summary>
    public void Forget() => _count = 0;

    /// <summary>−H·g.</summary>
    public Tensor Direction(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var q = gradient.neg();
        var weights = new Tensor[_history];
        for (var i = 1; i <= _count; i++)
        {
            var k = (_next - i + _history) % _history;
            weights[k] = _steps[k].dot(q) / _curvature[k];
            q.sub_(_changes[k] * weights[k]);
        }

        if (_count > 0)
        {
            var last = (_next - 1 + _history) % _history;
            q.mul_(_curvature[last] / _changes[last].dot(_changes[last]));
        }

        for (var i = _count; i >= 1; i--)
        {
            var k = (_next - i + _history) % _history;
            q.add_(_steps[k] * (weights[k] - _changes[k].dot(q) / _curvature[k]));
        }

        return q.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _steps.Dispose();
        _changes.Dispose();
    }
}
