using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>All running kernels, and one more of ours that is started ahead so that nobody waits for the first cell.</summary>
internal sealed class KernelManager(string defaultFolder, string runtime) : IAsyncDisposable
{
    private const int Most = 64;

    // What the course's cells need first and what takes longest to load; its result is thrown away.
    private const string Rehearsal = "_ = torch.zeros(1).item<float>();";

    private readonly ConcurrentDictionary<string, RunningKernel> _kernels = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private RunningKernel? _warm;
    private bool _ended;

    /// <summary>The kernels that somebody asked for.</summary>
    public IEnumerable<RunningKernel> All => _kernels.Values;

    /// <exception cref="ApiException">There is none of that id.</exception>
    public RunningKernel Find(string id) =>
        _kernels.TryGetValue(id, out var kernel) ? kernel : throw new ApiException(StatusCodes.Status404NotFound, $"There is no kernel {id}; it was shut down, or the server started anew.");

    /// <summary>Starts a kernel; it may still be on its way when this returns.</summary>
    /// <param name="name">A kernelspec's name, or null for ours.</param>
    /// <param name="folder">Its working directory; null for the notebooks' folder.</param>
    /// <param name="notebook">The notebook's path, or null.</param>
    /// <exception cref="ApiException">There is no such kernel, it cannot be started, or there are too many.</exception>
    public RunningKernel Start(string? name, string? folder, string? notebook)
    {
        name = string.IsNullOrEmpty(name) ? InstalledSpec.Own.Name : name;
        folder ??= defaultFolder;
        if (_kernels.Count >= Most) throw new ApiException(StatusCodes.Status503ServiceUnavailable, $"There are already {Most} kernels; shut some down first.");

        var kernel = TakeWarm(name, folder);
        if (kernel is not null) kernel.Notebook = notebook;
        else if (name == InstalledSpec.Own.Name) kernel = new RunningKernel(name, InstalledSpec.Own, folder, runtime, notebook);
        else if (InstalledSpec.All().TryGetValue(name, out var spec)) kernel = new RunningKernel(name, spec, folder, runtime, notebook);
        else throw new ApiException(StatusCodes.Status404NotFound, $"There is no kernel named {name} on this machine; choose one of {string.Join(", ", InstalledSpec.All().Keys)}.");

        _kernels[kernel.Id] = kernel;
        return kernel;
    }

    /// <summary>Ends a kernel.</summary>
    public async Task ShutDownAsync(string id)
    {
        if (!_kernels.TryRemove(id, out var kernel)) throw new ApiException(StatusCodes.Status404NotFound, $"There is no kernel {id}.");
        await kernel.DisposeAsync();
    }

    /// <summary>Starts the kernel for the next notebook, unless one waits already. Costs its memory, saves its start.</summary>
    public async Task WarmUpAsync()
    {
        RunningKernel kernel;
        lock (_gate)
        {
            if (_ended || _warm is not null) return;
            _warm = kernel = new RunningKernel(InstalledSpec.Own.Name, InstalledSpec.Own, defaultFolder, runtime, null);
        }

        try
        {
            await kernel.Ready;
            kernel.Rehearse(Rehearsal);
        }
        catch (Exception e) when (e is InvalidOperationException or ApiException or OperationCanceledException)
        {
            // Whoever opens a notebook will see why it does not start.
            lock (_gate)
            {
                if (_warm == kernel) _warm = null;
            }

            await kernel.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        RunningKernel? warm;
        lock (_gate) (_ended, warm, _warm) = (true, _warm, null);
        await Task.WhenAll(_kernels.Values.Append(warm).OfType<RunningKernel>().Select(k => k.DisposeAsync().AsTask()));
        _kernels.Clear();
    }

    private RunningKernel? TakeWarm(string name, string folder)
    {
        lock (_gate)
        {
            if (_warm is null || name != InstalledSpec.Own.Name || folder != defaultFolder || _warm.State == "dead") return null;

            var taken = _warm;
            _warm = null;
            _ = LaterAsync();
            return taken;
        }
    }

    // Not at once: the notebook that has just been opened needs the processor more.
    private async Task LaterAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(8));
        await WarmUpAsync();
    }
}
