using FaceCourse.Similarity;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Sliders over a trained similarity function; they work without a kernel and without a network.</summary>
public static class SimilarityWidgets
{
    private const int Bins = 48;

    private const string Label = "display:flex;gap:.7em;align-items:center;margin:.4em 0";

    private const string TurnSlider = $"""<label style="{Label}">turn <input class="turn" type="range" min="-180" max="180" value="30" style="flex:1;max-width:500px"></label>""";

    /// <summary>Distance histograms of same and different people, with τ on a slider and FAR and FRR below.</summary>
    /// <param name="roc">The distances.</param>
    public static Widget ThresholdSlider(Roc roc)
    {
        var most = Math.Max(roc.Same[^1], roc.Different[^1]) * 1.001;
        double[] Histogram(IReadOnlyList<double> d) => [.. Enumerable.Range(0, Bins).Select(b => d.Count(x => (int)(x / most * Bins) == b) / (double)d.Count)];
        // 201 rates are enough for a slider, and few enough to lie in a page.
        var steps = Enumerable.Range(0, 201).Select(i => i * most / 200).ToArray();
        return new Widget(
            $"""
            <svg viewBox="-14 0 628 222" role="img" aria-label="Histograms of distances" style="width:100%;max-width:720px"></svg>
            <label style="{Label}">τ <input type="range" min="0" max="200" value="{(int)Math.Round(roc.BestThreshold / most * 200)}" style="flex:1;max-width:600px"></label>
            <output aria-live="polite"></output>
            <p style="margin:.3em 0"><span style="color:{Figure.Colours[0]}">■</span> same person <span style="color:{Figure.Colours[1]}">■</span> different people (striped)</p>
            """,
            new { same = Histogram(roc.Same), different = Histogram(roc.Different), most, far = steps.Select(roc.FalseAcceptRate), frr = steps.Select(roc.FalseRejectRate) },
            $$"""
            var svg = root.querySelector("svg"), input = root.querySelector("input"), out = root.querySelector("output");
            var top = Math.max.apply(null, data.same.concat(data.different)), n = data.same.length, w = 600 / n, bars = "";
            var id = root.id + "-stripes";
            for (var i = 0; i < n; i++) {
              var a = data.same[i] / top * 170, b = data.different[i] / top * 170;
              bars += '<rect x="' + i * w + '" y="' + (180 - a) + '" width="' + (w - 1) + '" height="' + a + '" fill="{{Figure.Colours[0]}}" opacity=".75"/>'
                + '<rect x="' + i * w + '" y="' + (180 - b) + '" width="' + (w - 1) + '" height="' + b + '" fill="url(#' + id + ')"/>';
            }
            svg.innerHTML = '<defs><pattern id="' + id + '" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="3" height="4" fill="{{Figure.Colours[1]}}"/></pattern></defs>'
              + bars + '<line y1="0" y2="186" stroke="#767676" stroke-width="2" stroke-dasharray="5 3"/>';
            var line = svg.querySelector("line"), ticks = '<path d="M0 180.5H600" stroke="currentColor" opacity=".4"/>', step = data.most > 1 ? .2 : .1;
            for (var t = 0; t * step <= data.most; t++)
              ticks += '<text x="' + t * step / data.most * 600 + '" y="198" text-anchor="middle" font-size="12" fill="currentColor" opacity=".75">' + (t * step).toFixed(1) + '</text>';
            line.insertAdjacentHTML("beforebegin", ticks + '<text x="300" y="216" text-anchor="middle" font-size="13" fill="currentColor" opacity=".75">distance d</text>');
            function show() {
              var i = +input.value, x = i * 3;
              line.setAttribute("x1", x); line.setAttribute("x2", x);
              out.textContent = "τ = " + (i * data.most / 200).toFixed(2) + ": FAR " + (100 * data.far[i]).toFixed(1) + " % of strangers let in, FRR " + (100 * data.frr[i]).toFixed(1) + " % of the same people turned away";
            }
            input.addEventListener("input", show); show();
            """,
            "Slider for the threshold τ over histograms of distances between the same and between different people, with false accepts and false rejects.");
    }

    /// <summary>How many triplets are easy, semi-hard and hard as the margin α moves.</summary>
    /// <param name="encodings">[N,D].</param>
    /// <param name="people">Who is on each picture.</param>
    /// <param name="most">The largest α.</param>
    public static Widget MarginSlider(Tensor encodings, IReadOnlyList<int> people, double most = 1)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var d = Distance.SquaredL2.Pairwise(encodings);
        var who = tensor(people.Select(p => (long)p).ToArray());
        var counts = Enumerable.Range(0, 41).Select(i => TripletCounts.OfBatch(d, who, i * most / 40)).ToList();
        return new Widget(
            $"""
            <div class="bar" aria-hidden="true" style="display:flex;height:34px;max-width:720px;border-radius:4px;overflow:hidden"></div>
            <label style="{Label}">α <input type="range" min="0" max="40" value="8" style="flex:1;max-width:600px"></label>
            <output aria-live="polite"></output>
            """,
            new { counts = counts.Select(c => new[] { c.Easy, c.SemiHard, c.Hard }), most },
            $$"""
            var bar = root.querySelector(".bar"), input = root.querySelector("input"), out = root.querySelector("output");
            var colours = ["{{Figure.Colours[2]}}", "{{Figure.Colours[1]}}", "{{Figure.Colours[3]}}"], names = ["easy", "semi-hard", "hard"];
            function show() {
              var c = data.counts[+input.value], sum = c[0] + c[1] + c[2] || 1;
              bar.innerHTML = c.map(function (v, k) { return '<span style="width:' + 100 * v / sum + '%;background:' + colours[k] + ';color:#000;line-height:34px;text-align:center;overflow:hidden">' + (v / sum > 0.12 ? names[k] : "") + '</span>'; }).join("");
              out.textContent = "α = " + (input.value * data.most / 40).toFixed(3) + ": " + c.map(function (v, k) { return v + " " + names[k] + " (" + (100 * v / sum).toFixed(1) + " %)"; }).join(", ");
            }
            input.addEventListener("input", show); show();
            """,
            "Slider for the margin α with the number of easy, semi-hard and hard triplets.");
    }

    /// <summary>Encodings as points in space, by their three principal components: turned with the mouse or a slider, a thumbnail for each point.</summary>
    /// <param name="encodings">[N,D].</param>
    /// <param name="faces">Who they are of.</param>
    public static Widget Space(Tensor encodings, FaceSet faces)
    {
        using var scope = NewDisposeScope();
        float[][] rows = [.. encodings.detach().to(float32).cpu().contiguous().data<float>().ToArray().Chunk((int)encodings.shape[1])];
        return EmbeddingMovie([new EncodingSnapshot(0, rows)], faces, dimensions: 3);
    }

    /// <summary>The embedding space while it forms: a point per picture, its thumbnail when pointed at or reached with the arrow keys, a slider over training steps.</summary>
    /// <param name="snapshots">A training's <see cref="TrainingResult.Snapshots"/>; one alone makes a picture that stands still.</param>
    /// <param name="faces">The people never seen, as the training was given them.</param>
    /// <param name="dimensions">2, or 3 to turn it as well.</param>
    /// <exception cref="ArgumentException">There is no snapshot.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The dimensions are neither 2 nor 3.</exception>
    public static Widget EmbeddingMovie(IReadOnlyList<EncodingSnapshot> snapshots, FaceSet faces, int dimensions = 2)
    {
        if (snapshots.Count == 0) throw new ArgumentException("there is nothing to show: train with KeepEncodings = true and people never seen");
        if (dimensions is not (2 or 3)) throw new ArgumentOutOfRangeException(nameof(dimensions), dimensions, "a screen shows 2 dimensions, or 3 that can be turned");

        using var scope = NewDisposeScope();
        Tensor Points(EncodingSnapshot s) => tensor(s.Encodings.SelectMany(r => r).ToArray(), [s.Encodings.Length, s.Encodings[0].Length]);
        // One projection for all moments, that of the last: the points move, the axes do not.
        using var pca = PrincipalComponents.Fit(Points(snapshots[^1]), dimensions);
        var moments = snapshots.Select(s => pca.Project(Points(s)).data<float>().ToArray().Select(v => Math.Round(v, 3)).ToArray()).ToList();
        var order = faces.People.Distinct().ToList();
        var (space, still) = (dimensions == 3, snapshots.Count == 1);
        return new Widget(
            $"""
            <svg viewBox="0 0 600 420" role="group" aria-label="Encodings in {(space ? "three" : "two")} dimensions: Tab to a point, then the arrow keys go from picture to picture" style="width:100%;max-width:720px{(space ? ";cursor:grab;touch-action:pan-y" : "")}"></svg>
            <div style="{Label}{(still ? ";display:none" : "")}"><button type="button">▶ play</button> <input class="step" type="range" min="0" max="{snapshots.Count - 1}" value="{snapshots.Count - 1}" aria-label="training step" style="flex:1;max-width:500px"> <output></output></div>
            {(space ? TurnSlider : "")}
            <div class="who" aria-live="polite" style="display:flex;gap:.6em;align-items:center;min-height:68px"></div>
            """,
            new
            {
                steps = snapshots.Select(s => s.Step),
                moments,
                components = pca.Shares.Count,
                person = faces.People.Select(p => order.IndexOf(p)),
                names = order.Select(faces.Name),
                pictures = Enumerable.Range(0, faces.Count).Select(faces.DataUri),
                colours = Figure.Colours,
            },
            """
            var svg = root.querySelector("svg"), input = root.querySelector(".step"), turn = root.querySelector(".turn"), out = root.querySelector("output"), who = root.querySelector(".who"), button = root.querySelector("button");
            var ns = "http://www.w3.org/2000/svg", D = data.components, still = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
            function at(m, i) { return [0, 1, 2].map(function (k) { return k < D ? m[D * i + k] : 0; }); }
            // In the plane each axis fills the picture; in space the farthest point sets one scale for all three.
            var far = data.moments.map(function (m) { return data.person.map(function (_, i) { var p = at(m, i); return turn ? Math.hypot(p[0], p[1], p[2]) : Math.max(Math.abs(p[0]), Math.abs(p[1])); }); });
            var most = Math.max.apply(null, [].concat.apply([], far)) || 1;
            // Seen from a little above, turned about the upright axis; the third number is how near a point is, -1 to 1.
            function seen(p) {
              if (!turn) return [300 + 285 * p[0] / most, 210 - 200 * p[1] / most, 0];
              var a = turn.value * Math.PI / 180, x = p[0] * Math.cos(a) + p[2] * Math.sin(a), z = p[2] * Math.cos(a) - p[0] * Math.sin(a);
              return [300 + 200 * x / most, 210 - 200 * (0.94 * p[1] - 0.34 * z) / most, (0.94 * z + 0.34 * p[1]) / most];
            }
            var axes = turn ? [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(function () {
              var line = document.createElementNS(ns, "line"); line.setAttribute("stroke", "#767676"); line.setAttribute("stroke-opacity", ".5"); svg.appendChild(line); return line;
            }) : [];
            var dots = data.person.map(function (p, i) {
              var g = document.createElementNS(ns, "g"), c = document.createElementNS(ns, "circle"), t = document.createElementNS(ns, "text");
              c.setAttribute("r", 8); c.setAttribute("fill", data.colours[p % data.colours.length]);
              t.textContent = p + 1; t.setAttribute("text-anchor", "middle"); t.setAttribute("dy", "3.5"); t.setAttribute("font-size", "10"); t.setAttribute("font-weight", "700");
              t.setAttribute("fill", "#fff"); t.setAttribute("stroke", "#222"); t.setAttribute("stroke-width", "2.5"); t.setAttribute("paint-order", "stroke");
              g.appendChild(c); g.appendChild(t);
              g.setAttribute("role", "img"); g.setAttribute("aria-label", data.names[p] + ", picture " + (i + 1)); g.setAttribute("tabindex", i ? "-1" : "0"); g.style.outline = "none";
              g.addEventListener("mouseenter", function () { look(i); });
              g.addEventListener("click", function () { g.focus(); });
              g.addEventListener("focus", function () { c.setAttribute("stroke", "currentColor"); c.setAttribute("stroke-width", "3"); c.setAttribute("r", "12"); look(i); });
              g.addEventListener("blur", function () { c.removeAttribute("stroke"); c.setAttribute("r", "8"); });
              svg.appendChild(g); return g;
            });
            function look(i) {
              var name = data.names[data.person[i]], img = document.createElement("img");
              who.textContent = ""; img.src = data.pictures[i]; img.alt = ""; img.width = 64; img.height = 64;
              who.appendChild(img); who.appendChild(document.createTextNode(name + ", picture " + (i + 1) + " of " + data.person.length));
            }
            // One stop for the Tab key; the arrow keys walk from picture to picture.
            svg.addEventListener("keydown", function (e) {
              var by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key], from = dots.indexOf(e.target.closest("g"));
              if (!by || from < 0) return;
              e.preventDefault();
              var to = (from + by + dots.length) % dots.length;
              dots[from].setAttribute("tabindex", "-1"); dots[to].setAttribute("tabindex", "0"); dots[to].focus();
            });
            function show(glide) {
              var m = data.moments[+input.value];
              dots.forEach(function (g, i) {
                var p = seen(at(m, i));
                g.style.transition = glide && !still ? "transform .5s" : "none";
                g.setAttribute("transform", "translate(" + p[0].toFixed(1) + "," + p[1].toFixed(1) + ")" + (turn ? " scale(" + (1 + 0.35 * p[2]).toFixed(2) + ")" : ""));
                if (turn) g.setAttribute("opacity", (0.8 + 0.2 * p[2]).toFixed(2));
              });
              axes.forEach(function (line, k) {
                var end = [0, 0, 0], from = seen(end.map(function (_, j) { return j === k ? -most : 0; })), to = seen(end.map(function (_, j) { return j === k ? most : 0; }));
                line.setAttribute("x1", from[0]); line.setAttribute("y1", from[1]); line.setAttribute("x2", to[0]); line.setAttribute("y2", to[1]);
              });
              out.textContent = "step " + data.steps[+input.value];
            }
            var timer = null;
            button.addEventListener("click", function () {
              if (timer) { clearInterval(timer); timer = null; button.textContent = "▶ play"; return; }
              input.value = 0; show(false); button.textContent = "■ stop";
              timer = setInterval(function () {
                if (+input.value >= data.steps.length - 1) { clearInterval(timer); timer = null; button.textContent = "▶ play"; return; }
                input.value = +input.value + 1; show(true);
              }, 700);
            });
            if (turn) {
              turn.addEventListener("input", function () { show(false); });
              // Dragged across, the picture turns once for its width.
              svg.addEventListener("pointerdown", function (e) {
                var x = e.clientX, from = +turn.value, width = svg.getBoundingClientRect().width;
                function move(e) { turn.value = ((from + 360 * (e.clientX - x) / width + 540) % 360 + 360) % 360 - 180; show(false); }
                function end() { window.removeEventListener("pointermove", move); window.removeEventListener("pointerup", end); window.removeEventListener("pointercancel", end); }
                window.addEventListener("pointermove", move); window.addEventListener("pointerup", end); window.addEventListener("pointercancel", end);
              });
            }
            input.addEventListener("input", function () { show(true); }); show(false);
            """,
            $"{faces.Count} encodings of {order.Count} people{(still ? "" : " never seen in training")}, in {(space ? "three dimensions that can be turned" : "two dimensions")}, {(still ? $"which hold {pca.Shares.Sum():0%} of their variance" : $"moving over {snapshots.Count} moments of the training")}.");
    }
}
