using System.Globalization;
using FaceCourse.Convolutions;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>The sliding sum, one position at a time, as the lecture draws it.</summary>
public static class ConvolutionSteps
{
    private const int MostCells = 400;

    /// <summary>A filter that slides along a row of numbers: play, or step with buttons, slider and arrow keys.</summary>
    /// <param name="row">The signal; the slide's EKG row is <see cref="SlidingSum.SlideRow"/>.</param>
    /// <param name="filter">The filter; the slide's is <see cref="SlidingSum.SlideFilter"/>.</param>
    /// <param name="stride">How far it moves each time.</param>
    /// <param name="padding">Zeros on either end.</param>
    /// <exception cref="ConvolutionException">The filter does not fit, or a number is not finite.</exception>
    public static Widget Along(IReadOnlyList<double> row, IReadOnlyList<double> filter, int stride = 1, int padding = 0)
    {
        var steps = SlidingSum.Along(row, filter, stride, padding);
        double[] padded = [.. Enumerable.Repeat(0.0, padding), .. row, .. Enumerable.Repeat(0.0, padding)];
        return Make([padded], [[.. filter]], [[.. steps.Select(s => s.Sum)]], stride, 0, padding,
            $"A filter of {filter.Count} numbers slides along a row of {row.Count}: {steps.Count} sums, {Numbers(steps.Select(s => s.Sum))}.");
    }

    /// <summary>A filter that slides over a small picture: the same sum in two directions.</summary>
    /// <param name="picture">Rows and columns.</param>
    /// <param name="filter">Rows and columns.</param>
    /// <param name="stride">How far it moves each time.</param>
    /// <param name="padding">Zeros on either end, in both directions.</param>
    /// <exception cref="ConvolutionException">The filter does not fit, or the picture has more than 400 numbers, too many to read.</exception>
    public static Widget Over(double[,] picture, double[,] filter, int stride = 1, int padding = 0)
    {
        if (picture.Length > MostCells) throw new ConvolutionException($"A picture of {picture.Length} numbers is too large to read step by step; take at most {MostCells}, 20×20 say.");
        using var scope = NewDisposeScope();
        var (x, w) = (tensor(picture).to(float32), tensor(filter).to(float32));
        var sums = SlidingSum.Apply(x.unsqueeze(0).unsqueeze(0), w.unsqueeze(0).unsqueeze(0), null, stride, padding);
        return Make(Rows(TorchSharp.torch.nn.functional.pad(x, [padding, padding, padding, padding])), Rows(w), Rows(sums[0, 0]), stride, padding, padding,
            $"A filter of {filter.GetLength(0)}×{filter.GetLength(1)} slides over a picture of {picture.GetLength(0)}×{picture.GetLength(1)} and leaves {sums.shape[2]}×{sums.shape[3]} sums.");
    }

    private static Widget Make(double[][] input, double[][] filter, double[][] output, int stride, int padRows, int padColumns, string alternativeText) => new(
        """
        <style>
        #ID svg { width: 100%; max-width: 760px; display: block; }
        #ID .in { fill: transparent; stroke: #8a8a8a; } #ID .in.zero { stroke-dasharray: 3 3; } #ID .in.on { fill: #0072B2; fill-opacity: .28; stroke: #0072B2; stroke-width: 2; }
        #ID .out { fill: transparent; stroke: #8a8a8a; } #ID .out.on { fill: #E69F00; fill-opacity: .4; stroke: #E69F00; stroke-width: 2; }
        #ID text { fill: currentColor; text-anchor: middle; font: 15px system-ui, sans-serif; } #ID text.w { font-size: 10.5px; font-weight: 600; } #ID text.name { text-anchor: start; font-size: 12px; opacity: .75; }
        #ID .bar { display: flex; gap: .5em; align-items: center; margin: .5em 0; flex-wrap: wrap; } #ID button { font: inherit; padding: .2em .7em; } #ID output { display: block; min-height: 3em; }
        </style>
        <svg role="img" aria-label="The filter over its input, and the sums"></svg>
        <div class="bar"><button type="button" class="back" aria-label="one step back">◀ step</button><button type="button" class="play">▶ play</button><button type="button" class="next" aria-label="one step on">step ▶</button>
        <input type="range" min="0" value="0" aria-label="position of the filter" style="flex:1;min-width:8em;max-width:22em"></div>
        <output aria-live="polite"></output>
        """,
        new { input, filter, output, stride, padRows, padColumns },
        """
        var svg = root.querySelector("svg"), range = root.querySelector("input"), out = root.querySelector("output"), play = root.querySelector(".play");
        var R = data.input.length, C = data.input[0].length, r = data.filter.length, c = data.filter[0].length, OR = data.output.length, OC = data.output[0].length;
        var s = 44, flat = R === 1, x0 = flat ? (c - 1) / 2 * s : C * s + 70, y0 = flat ? s + 62 : 22 + (R - OR) / 2 * s, ns = "http://www.w3.org/2000/svg";
        function n(v) { return String(Math.round(v * 1000) / 1000).replace("-", "−"); }
        function make(name, at, parent) { var e = document.createElementNS(ns, name); for (var k in at) e.setAttribute(k, at[k]); (parent || svg).appendChild(e); return e; }
        function cell(x, y, cls) { return { box: make("rect", { x: x + 1, y: y + 1, width: s - 2, height: s - 2, rx: 4, "class": cls }), text: make("text", { x: x + s / 2, y: y + s / 2 + 2 }), w: make("text", { x: x + s / 2, y: y + s - 6, "class": "w" }) }; }
        svg.setAttribute("viewBox", "0 0 " + (flat ? C * s + 4 : x0 + OC * s + 4) + " " + (flat ? y0 + s + 4 : 26 + R * s));
        make("text", { x: 2, y: 14, "class": "name" }).textContent = "input";
        make("text", { x: flat ? 2 : x0, y: flat ? y0 - 8 : y0 - 8, "class": "name" }).textContent = "output";
        var inputs = data.input.map(function (row, i) { return row.map(function (v, j) {
          var p = i < data.padRows || i >= R - data.padRows || j < data.padColumns || j >= C - data.padColumns, k = cell(j * s, 22 + i * s, "in" + (p ? " zero" : ""));
          k.text.textContent = n(v); return k; }); });
        // With a stride or padding the sums still stand under the middle of what they were made of, as far as there is room.
        var step = flat ? Math.max(1, data.stride) : 1;
        var outputs = data.output.map(function (row, i) { return row.map(function (v, j) { return cell(x0 + j * s * step, y0 + i * s, "out"); }); });
        var total = OR * OC, timer = null; range.max = total - 1;
        function show() {
          var at = +range.value, top = Math.floor(at / OC) * data.stride, left = at % OC * data.stride, terms = [];
          inputs.forEach(function (row, i) { row.forEach(function (k, j) {
            var on = i >= top && i < top + r && j >= left && j < left + c; k.box.classList.toggle("on", on);
            k.text.setAttribute("dy", on ? -5 : 3); k.w.textContent = on ? "×" + n(data.filter[i - top][j - left]) : "";
            if (on) terms.push(n(data.input[i][j]) + "·" + n(data.filter[i - top][j - left]));
          }); });
          outputs.forEach(function (row, i) { row.forEach(function (k, j) {
            var p = i * OC + j; k.box.classList.toggle("on", p === at); k.text.setAttribute("dy", 3); k.text.textContent = p <= at ? n(data.output[i][j]) : "";
          }); });
          out.textContent = "Position " + (at + 1) + " of " + total + ": " + terms.join(" + ") + " = " + n(data.output[Math.floor(at / OC)][at % OC]);
        }
        function stop() { clearInterval(timer); timer = null; play.textContent = "▶ play"; }
        function move(by) { range.value = Math.min(total - 1, Math.max(0, +range.value + by)); show(); }
        root.querySelector(".back").addEventListener("click", function () { stop(); move(-1); });
        root.querySelector(".next").addEventListener("click", function () { stop(); move(1); });
        play.addEventListener("click", function () {
          if (timer) return stop();
          if (+range.value >= total - 1) { range.value = 0; show(); }
          play.textContent = "■ stop";
          timer = setInterval(function () { move(1); if (+range.value >= total - 1) stop(); }, 1100);
        });
        range.addEventListener("input", function () { stop(); show(); }); show();
        """,
        alternativeText);

    private static double[][] Rows(Tensor t)
        => [.. t.@double().contiguous().data<double>().ToArray().Chunk((int)t.shape[1])];

    private static string Numbers(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(n => n.ToString("0.###", CultureInfo.InvariantCulture)));
}
