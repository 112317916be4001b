using System.Globalization;
using System.Text.Json;
using FaceCourse.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>A training on disk: the network's numbers, Adam's numbers, the step, and what was reported so far.</summary>
internal static class Checkpoint
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Written whole or not at all (<see cref="SafeTensors.Save"/>).</summary>
    public static void Save(string path, nn.Module<Tensor, Tensor> network, Adam adam, int step, string signature, IReadOnlyList<TrainingProgress> history)
    {
        using var scope = NewDisposeScope();
        var tensors = network.state_dict().ToDictionary(p => $"network.{p.Key}", p => p.Value);
        foreach (var (state, i) in States(adam).Select((s, i) => (s, i)))
        {
            tensors[$"adam.{i}.mean"] = state.exp_avg;
            tensors[$"adam.{i}.square"] = state.exp_avg_sq;
            tensors[$"adam.{i}.step"] = tensor(state.step);
        }

        SafeTensors.Save(path, tensors, new Dictionary<string, string>
        {
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
            ["training"] = signature,
            ["history"] = JsonSerializer.Serialize(history, Json),
        });
    }

    /// <summary>Brings network and Adam to where they were; nothing is changed when anything does not fit.</summary>
    /// <exception cref="TrainingException">The file is damaged, or of another network or another training.</exception>
    public static (int Step, List<TrainingProgress> History) Restore(string path, nn.Module<Tensor, Tensor> network, Adam adam, string signature)
    {
        var name = Path.GetFileName(path);
        try
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            using var file = SafeTensors.Load(path);
            var places = network.state_dict().ToDictionary(p => $"network.{p.Key}", p => p.Value);
            var states = States(adam);
            for (var i = 0; i < states.Count; i++) (places[$"adam.{i}.mean"], places[$"adam.{i}.square"]) = (states[i].exp_avg, states[i].exp_avg_sq);

            foreach (var (key, place) in places)
            {
                if (!file.Tensors.TryGetValue(key, out var value)) throw Refused(name, $"another network: it has no {key}");
                if (!value.shape.SequenceEqual(place.shape) || value.dtype != place.dtype)
                    throw Refused(name, $"another network: its {key} is [{string.Join(',', value.shape)}] {value.dtype}, this one's [{string.Join(',', place.shape)}] {place.dtype}");
            }

            if (file.Tensors.Count != places.Count + states.Count) throw Refused(name, $"another network: it has {file.Tensors.Count} tensors, not {places.Count + states.Count}");
            if (file.Metadata.GetValueOrDefault("training") is var was && was != signature) throw Refused(name, $"another training: it was made with «{was}», not «{signature}»");

            var step = int.Parse(file.Metadata["step"], NumberStyles.None, CultureInfo.InvariantCulture);
            var history = JsonSerializer.Deserialize<List<TrainingProgress>>(file.Metadata["history"], Json) ?? [];
            var adamSteps = Enumerable.Range(0, states.Count).Select(i => file.Tensors[$"adam.{i}.step"].item<long>()).ToList();

            foreach (var (key, place) in places) place.copy_(file.Tensors[key]);
            for (var i = 0; i < states.Count; i++) states[i].step = adamSteps[i];
            return (step, history);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or OverflowException or JsonException or KeyNotFoundException)
        {
            throw new TrainingException($"the checkpoint {name} cannot be read ({e.Message.TrimEnd('.')}); delete it to begin anew", e);
        }
    }

    private static List<Adam.State> States(Adam adam) => [.. adam.state_dict().State.Cast<Adam.State>()];

    private static TrainingException Refused(string name, string why) =>
        new($"the checkpoint {name} belongs to {why}. Give another file name, or delete it to begin anew");
}
