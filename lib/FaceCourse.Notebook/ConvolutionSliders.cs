using FaceCourse.Convolutions;
using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>One of the pictures that a slider moves through: slices of a volume, frames of a film, or a feature map of either.</summary>
/// <param name="Name">The line above it.</param>
/// <param name="Pictures">[count, height, width]; scaled from the smallest to the largest number of all.</param>
public sealed record SliderPanel(string Name, Tensor Pictures);

/// <summary>Volumes and films with a slider; they work without a kernel and without a network.</summary>
public static class ConvolutionSliders
{
    /// <summary>The slices of a volume, with circles around its nodules and diamonds where some were found.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="axis">0: slices across z; 1: across y; 2: across x.</param>
    /// <param name="every">Show each slice (1), each second (2), …, which keeps the page small.</param>
    /// <param name="nodules">Where nodules are; only for axis 0.</param>
    /// <param name="found">Where a network found some; only for axis 0.</param>
    /// <param name="width">Width on the page in CSS pixels.</param>
    /// <exception cref="ConvolutionException">There is no such axis, or a number is below 1.</exception>
    public static Widget Slices(Volume volume, int axis = 0, int every = 1, IReadOnlyList<Nodule>? nodules = null, IReadOnlyList<Nodule>? found = null, int width = 360)
    {
        if (axis is < 0 or > 2 || every < 1) throw new ConvolutionException($"Slices lie across axis 0, 1 or 2, and every first, second, … is shown; not axis {axis}, every {every}.");
        if (axis != 0 && (nodules ?? found) is not null) throw new ConvolutionException("Nodules are marked in slices across z (axis 0).");
        using var scope = NewDisposeScope();
        var slices = volume.Voxels.permute(axis == 0 ? [0, 1, 2] : axis == 1 ? [1, 0, 2] : [2, 0, 1]);
        var kept = slices.slice(0, 0, slices.shape[0], every);
        Mark Of(Nodule n, bool truth) => new(n.X, n.Y, n.Z, truth ? Math.Max(n.Radius, 2) + 1.5 : 2.5, truth);
        Mark[] marks = [.. (nodules ?? []).Select(n => Of(n, true)), .. (found ?? []).Select(n => Of(n, false))];
        var what = $"{volume}: {kept.shape[0]} slices across {"zyx"[axis]}";
        return Make([new SliderPanel(volume.Name, kept)], "slice", every, marks, width, play: false,
            nodules is null && found is null ? $"{what}, one at a time." : $"{what}, one at a time, with {nodules?.Count ?? 0} nodules (circles) and {found?.Count ?? 0} found (diamonds).");
    }

    /// <summary>A film that plays, or moves frame by frame.</summary>
    /// <param name="film">[1, frames, height, width] or [frames, height, width].</param>
    /// <param name="name">What it shows.</param>
    /// <param name="width">Width on the page in CSS pixels.</param>
    public static Widget Film(Tensor film, string name, int width = 360)
    {
        using var scope = NewDisposeScope();
        return Together([new SliderPanel(name, film.dim() == 4 ? film[0] : film)], "frame", width);
    }

    /// <summary>Several stacks of pictures that one slider moves together: a volume or film and what filters answer to it.</summary>
    /// <param name="panels">The stacks; a shorter one is moved through more slowly.</param>
    /// <param name="what">What a step is: slice or frame.</param>
    /// <param name="width">Width of each on the page in CSS pixels.</param>
    /// <exception cref="ConvolutionException">There is no panel, or one is not [count, height, width].</exception>
    public static Widget Together(IReadOnlyList<SliderPanel> panels, string what = "frame", int width = 240)
        => Make(panels, what, 1, [], width, play: true, $"{string.Join(", ", panels.Select(p => p.Name))}: {(panels.Count == 0 ? 0 : panels.Max(p => p.Pictures.shape[0]))} {what}s, one at a time.");

    private static Widget Make(IReadOnlyList<SliderPanel> panels, string what, int every, Mark[] marks, int width, bool play, string alternativeText)
    {
        if (panels.Count == 0 || panels.Any(p => p.Pictures.dim() != 3)) throw new ConvolutionException("A slider moves through at least one stack of pictures, each [count, height, width].");
        var steps = panels.Max(p => p.Pictures.shape[0]);
        var (height, side) = (panels[0].Pictures.shape[1], panels[0].Pictures.shape[2]);
        // A film begins at its beginning; a volume at its first nodule, or in its middle, since its first slice shows little.
        var start = marks is [var first, ..] ? Math.Clamp((long)Math.Round(first.Z / every), 0, steps - 1) : what == "slice" ? steps / 2 : 0;
        return new Widget(
            $$"""
            <style>#ID figure { margin: 0; width: min({{width}}px, 100%); } #ID .row { display: flex; flex-wrap: wrap; gap: 14px; } #ID .box { position: relative; } #ID img { width: 100%; display: block; image-rendering: pixelated; border-radius: 4px; }
            #ID svg { position: absolute; inset: 0; width: 100%; height: 100%; } #ID .bar { display: flex; gap: .6em; align-items: center; margin: .5em 0; max-width: 640px; } #ID button { font: inherit; padding: .2em .7em; }</style>
            <div class="row"></div>
            <label class="bar">{{(play ? "<button type=\"button\">▶ play</button>" : "")}} {{what}} <input type="range" min="0" max="{{steps - 1}}" value="{{start}}" style="flex:1"> <output aria-live="polite" style="min-width:9em"></output></label>
            {{(marks.Length == 0 ? "" : $"<p style=\"margin:.2em 0\"><span style=\"color:{Figure.Colours[5]}\">○</span> a nodule{(marks.All(m => m.Truth) ? "" : $" <span style=\"color:{Figure.Colours[1]}\">◇</span> found by the network")}</p>")}}
            """,
            new { panels = panels.Select(p => new { name = p.Name, pictures = Pictures(p.Pictures) }).ToArray(), every, marks = marks.Select(m => new { x = m.X, y = m.Y, z = m.Z, r = m.R, truth = m.Truth }).ToArray(), height, width = side, colours = new[] { Figure.Colours[5], Figure.Colours[1] }, what },
            """
            var row = root.querySelector(".row"), input = root.querySelector("input"), out = root.querySelector("output"), button = root.querySelector("button"), ns = "http://www.w3.org/2000/svg";
            var steps = +input.max + 1, timer = null;
            var images = data.panels.map(function (p) {
              var f = document.createElement("figure"), c = document.createElement("figcaption"), b = document.createElement("div"), i = document.createElement("img");
              c.textContent = p.name; b.className = "box"; b.appendChild(i); f.appendChild(c); f.appendChild(b); row.appendChild(f); return i;
            });
            var svg = document.createElementNS(ns, "svg"); svg.setAttribute("viewBox", "0 0 " + data.width + " " + data.height); svg.setAttribute("aria-hidden", "true"); images[0].parentNode.appendChild(svg);
            function show() {
              var at = +input.value, z = at * data.every, here = [];
              images.forEach(function (img, k) {
                var p = data.panels[k], i = Math.min(p.pictures.length - 1, Math.floor(at * p.pictures.length / steps));
                img.src = p.pictures[i]; img.alt = p.name + ", " + data.what + " " + z;
              });
              svg.textContent = "";
              data.marks.forEach(function (m) {
                var away = Math.abs(m.z - z); if (away > m.r - 1) return;
                // The cross-section of a ball that this slice cuts.
                var r = Math.sqrt(m.r * m.r - away * away), e = document.createElementNS(ns, m.truth ? "circle" : "path"), x = m.x + .5, y = m.y + .5;
                if (m.truth) { e.setAttribute("cx", x); e.setAttribute("cy", y); e.setAttribute("r", r); }
                else { r += 1; e.setAttribute("d", "M" + x + " " + (y - r) + "L" + (x + r) + " " + y + "L" + x + " " + (y + r) + "L" + (x - r) + " " + y + "Z"); }
                e.setAttribute("fill", "none"); e.setAttribute("stroke", data.colours[m.truth ? 0 : 1]); e.setAttribute("stroke-width", data.width / 70); svg.appendChild(e);
                here.push(m.truth ? "a nodule" : "found");
              });
              out.textContent = data.what + " " + z + (here.length ? ": " + here.join(", ") : "");
            }
            function stop() { clearInterval(timer); timer = null; if (button) button.textContent = "▶ play"; }
            if (button) button.addEventListener("click", function () {
              if (timer) return stop();
              button.textContent = "■ stop";
              timer = setInterval(function () { input.value = (+input.value + 1) % steps; show(); }, 120);
            });
            input.addEventListener("input", function () { stop(); show(); }); show();
            """,
            alternativeText);
    }

    // What is drawn over a slice: a circle of radius R around a nodule, or a diamond where one was found.
    private sealed record Mark(double X, double Y, double Z, double R, bool Truth);

    // Grey pictures of one scale for the whole stack, so that a dark slice stays dark.
    private static List<string> Pictures(Tensor stack)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var numbers = stack.detach().to(float32).cpu();
        var low = numbers.min();
        numbers = (numbers - low) / (numbers.max() - low).clamp_min(1e-9);
        return [.. numbers.unbind(0).Select(p => ImageFile.ToDataUri(p.unsqueeze(0)))];
    }
}
