using SkiaSharp;

namespace FaceCourse.Similarity;

/// <summary>Paints one photo of one synthetic person, back to front. What changes from photo to photo is drawn by chance here.</summary>
internal sealed class FacePainter
{
    private readonly SKCanvas _canvas;
    private readonly SyntheticPerson _who;
    private readonly Random _random;
    private readonly float _difficulty;

    // Turning the head moves what sticks out (nose, then eyes and mouth) farther than the outline.
    private readonly float _turn;
    private readonly float _nod;
    private readonly float _smile;
    private readonly float _open;
    private readonly float _lids;
    private readonly float _raised;
    private readonly float _gaze;

    public FacePainter(SKCanvas canvas, SyntheticPerson who, Random random, float difficulty)
    {
        (_canvas, _who, _random, _difficulty) = (canvas, who, random, difficulty);
        (_turn, _nod) = (Swing(0.16f), Swing(0.1f));
        (_smile, _open) = (Swing(0.12f) + 0.03f, Math.Max(0, Swing(0.12f)));
        (_lids, _raised, _gaze) = (1 - Math.Max(0, Swing(0.45f)), Swing(0.06f), Swing(0.035f));
    }

    public void Paint(int size)
    {
        Background(size);
        _canvas.Translate(size * (0.5f + Swing(0.04f)), size * (0.53f + Swing(0.04f)));
        _canvas.RotateDegrees(Swing(12));
        var scale = size * 0.37f * (1 + Swing(0.09f));
        _canvas.Scale(scale, scale);

        if (_who.HairStyle == 3) Fill(_who.Hair, p => p.AddRoundRect(new SKRect(-_who.Width - 0.16f, -_who.Height - 0.1f, _who.Width + 0.16f, 1.25f), 0.6f, 0.6f));
        if (_who.HairStyle == 4) Curls(_who.Width + 0.12f, 0.2f);
        Body();
        Ears();
        Head();
        Beard();
        Cheeks();
        Mouth();
        Nose();
        Eye(-1);
        Eye(1);
        Hair();
        Glasses();
    }

    private SKColor Skin => _who.Skin;

    private SKColor Dark => SyntheticPerson.Shade(_who.Skin, 0.78f);

    private float Swing(float most) => (float)((_random.NextDouble() * 2) - 1) * most * _difficulty;

    private void Background(int size)
    {
        var (hue, light) = ((float)_random.NextDouble() * 360 * Math.Min(1, _difficulty), 45 + (float)(_random.NextDouble() * 45));
        using var paint = new SKPaint();
        paint.Shader = SKShader.CreateLinearGradient(
            new SKPoint(0, 0), new SKPoint(size, size), [SKColor.FromHsl(hue, 30, light), SKColor.FromHsl((hue + 40) % 360, 30, light * 0.75f)], SKShaderTileMode.Clamp);
        _canvas.DrawRect(0, 0, size, size, paint);
    }

    private void Body()
    {
        var clothes = SKColor.FromHsl((float)_random.NextDouble() * 360 * Math.Min(1, _difficulty), 40, 42);
        Fill(Dark, p => p.AddRect(new SKRect(-0.32f, 0.6f, 0.32f, 1.35f)));
        Fill(clothes, p => p.AddOval(new SKRect(-1.25f, 1.12f, 1.25f, 2.6f)));
    }

    private void Ears()
    {
        foreach (var side in new[] { -1, 1 })
        {
            var x = side * (_who.Width - 0.02f);
            Fill(Dark, p => p.AddOval(new SKRect(x - _who.Ears, _who.EyeHeight - 0.02f, x + _who.Ears, _who.EyeHeight + 0.36f)));
        }
    }

    private void Head() => Fill(Skin, AddHead);

    private void AddHead(SKPath path)
    {
        var (w, h, jaw) = (_who.Width, _who.Height, 0.35f + (0.5f * _who.Jaw));
        path.MoveTo(-w, -0.1f);
        path.CubicTo(-w, -h * 1.25f, w, -h * 1.25f, w, -0.1f);
        path.CubicTo(w, h * 0.6f, w * jaw, h, 0, h);
        path.CubicTo(-w * jaw, h, -w, h * 0.6f, -w, -0.1f);
        path.Close();
    }

    private void Cheeks()
    {
        if (_who.Freckles)
        {
            var still = new Random((int)(_who.Width * 10000));
            foreach (var side in new[] { -1, 1 })
            {
                for (var i = 0; i < 7; i++)
                    Circle(SyntheticPerson.Shade(Skin, 0.68f), (side * (0.3f + ((float)still.NextDouble() * 0.25f))) + _turn, 0.12f + ((float)still.NextDouble() * 0.2f) + _nod, 0.025f);
            }
        }

        foreach (var side in new[] { -1, 1 }) Circle(new SKColor(0xE0, 0x50, 0x50, 34), (side * 0.45f) + _turn, 0.28f + _nod, 0.17f);
    }

    private void Eye(int side)
    {
        var (x, y) = ((side * _who.EyeSpacing) + _turn, _who.EyeHeight + _nod);
        var (w, h) = (_who.EyeSize, _who.EyeSize * _who.EyeRoundness * _lids);
        var white = new SKRect(x - w, y - h, x + w, y + h);
        Fill(new SKColor(0xFA, 0xF8, 0xF4), p => p.AddOval(white));
        _canvas.Save();
        using (var clip = new SKPath())
        {
            clip.AddOval(white);
            _canvas.ClipPath(clip, antialias: true);
        }

        var iris = _who.EyeSize * 0.58f;
        Circle(_who.Iris, x + _gaze, y, iris);
        Circle(new SKColor(0x12, 0x10, 0x10), x + _gaze, y, iris * 0.5f);
        Circle(SKColors.White, x + _gaze - (iris * 0.3f), y - (iris * 0.35f), iris * 0.22f);
        _canvas.Restore();
        Line(SyntheticPerson.Shade(_who.Hair, 0.7f), 0.035f, p =>
        {
            p.MoveTo(x - w, y);
            p.CubicTo(x - (w * 0.6f), y - (h * 1.3f), x + (w * 0.6f), y - (h * 1.3f), x + w, y);
        });

        var brow = y - _who.EyeSize - 0.12f - _raised;
        Line(SyntheticPerson.Shade(_who.Hair, 0.85f), _who.BrowThickness, p =>
        {
            p.MoveTo(x - (side * w * 1.2f), brow + _who.BrowTilt);
            p.QuadTo(x, brow - 0.07f, x + (side * w * 1.3f), brow - _who.BrowTilt + 0.03f);
        });
    }

    private void Nose()
    {
        var (x, top, bottom) = (_turn * 1.6f, _who.EyeHeight + 0.1f + _nod, _who.EyeHeight + 0.1f + _who.NoseLength + (_nod * 1.5f));
        Line(Dark, 0.045f, p =>
        {
            p.MoveTo(x + 0.03f, top);
            p.QuadTo(x + (_who.NoseWidth * 0.9f), bottom - 0.06f, x + _who.NoseWidth, bottom);
            p.QuadTo(x, bottom + 0.09f, x - _who.NoseWidth, bottom);
        });
    }

    private void Mouth()
    {
        var (x, y, w) = (_turn, _who.MouthHeight + _nod, _who.MouthWidth * (1 + _smile));
        var lips = new SKColor((byte)(Skin.Red * 0.82f), (byte)(Skin.Green * 0.52f), (byte)(Skin.Blue * 0.52f));
        if (_open > 0.03f)
        {
            Fill(new SKColor(0x5A, 0x1E, 0x22), p =>
            {
                p.MoveTo(x - w, y - _smile);
                p.QuadTo(x, y + _smile - _open, x + w, y - _smile);
                p.QuadTo(x, y + _smile + (_open * 2.2f), x - w, y - _smile);
            });
            Fill(new SKColor(0xF6, 0xF2, 0xEA), p => p.AddRect(new SKRect(x - (w * 0.55f), y - 0.02f, x + (w * 0.55f), y + (_open * 0.4f))));
        }

        Line(lips, _who.Lips * 1.5f, p =>
        {
            p.MoveTo(x - w, y - _smile);
            p.QuadTo(x, y + _smile - _open, x + w, y - _smile);
            if (_open > 0.03f) p.QuadTo(x, y + _smile + (_open * 2.2f), x - w, y - _smile);
        });
    }

    private void Beard()
    {
        var hair = SyntheticPerson.Shade(_who.Hair, 0.95f);
        var (x, mouth) = (_turn, _who.MouthHeight + _nod);
        if (_who.Beard == 3)
        {
            _canvas.Save();
            using var head = new SKPath();
            AddHead(head);
            _canvas.ClipPath(head, antialias: true);
            Fill(hair, p =>
            {
                p.MoveTo(-1.2f, 0.2f);
                p.QuadTo(x, mouth - 0.32f, 1.2f, 0.2f);
                p.LineTo(1.2f, 1.4f);
                p.LineTo(-1.2f, 1.4f);
            });
            _canvas.Restore();
            Fill(Skin, p => p.AddOval(new SKRect(x - (_who.MouthWidth * 1.25f), mouth - 0.12f, x + (_who.MouthWidth * 1.25f), mouth + 0.16f)));
        }

        if (_who.Beard is 1 or 2)
        {
            Line(hair, 0.1f, p =>
            {
                p.MoveTo(x - (_who.MouthWidth * 1.05f), mouth - 0.06f);
                p.QuadTo(x, mouth - 0.22f, x + (_who.MouthWidth * 1.05f), mouth - 0.06f);
            });
        }

        if (_who.Beard == 2) Fill(hair, p => p.AddOval(new SKRect(x - 0.16f, mouth + 0.14f, x + 0.16f, mouth + 0.5f)));
    }

    private void Hair()
    {
        var (w, h, line) = (_who.Width + 0.05f, _who.Height, _who.Hairline + _nod);
        switch (_who.HairStyle)
        {
            case 0:
                break;
            case 2:
                Cap(p =>
                {
                    p.QuadTo(-w * 0.4f, line - 0.3f, -w * 0.35f, line - 0.42f);
                    p.QuadTo(w * 0.5f, line - 0.1f, w, -0.15f);
                });
                break;
            case 5:
                Cap(p =>
                {
                    p.QuadTo(-w * 0.85f, line + 0.25f, -w * 0.7f, line + 0.2f);
                    p.QuadTo(0, line + 0.32f, w * 0.7f, line + 0.2f);
                    p.QuadTo(w * 0.85f, line + 0.25f, w, -0.15f);
                });
                break;
            case 4:
                Curls(w * 0.9f, line - 0.12f);
                break;
            default:
                Cap(p => p.CubicTo(-w * 0.8f, line - 0.05f, w * 0.8f, line - 0.05f, w, -0.15f));
                break;
        }

        void Cap(Action<SKPath> edge) => Fill(_who.Hair, p =>
        {
            p.MoveTo(w, -0.15f);
            p.CubicTo(w * 1.1f, -h * 1.42f, -w * 1.1f, -h * 1.42f, -w, -0.15f);
            edge(p);
            p.Close();
        });
    }

    private void Curls(float reach, float lowest)
    {
        for (var i = 0; i <= 12; i++)
        {
            var angle = MathF.PI * (1 + (i / 12f));
            var (x, y) = (reach * MathF.Cos(angle), (_who.Height * 0.92f * MathF.Sin(angle)) - 0.05f);
            Circle(_who.Hair, x, Math.Min(y, lowest), 0.2f);
        }
    }

    private void Glasses()
    {
        if (_who.Glasses == 0) return;
        var (y, r) = (_who.EyeHeight + _nod, _who.EyeSize + 0.1f);
        var frame = new SKColor(0x28, 0x28, 0x30);
        foreach (var side in new[] { -1, 1 })
        {
            var x = (side * _who.EyeSpacing) + _turn;
            Line(frame, 0.045f, p =>
            {
                var lens = new SKRect(x - r, y - (r * 0.85f), x + r, y + (r * 0.85f));
                if (_who.Glasses == 1) p.AddOval(lens);
                else p.AddRoundRect(lens, 0.05f, 0.05f);
                p.MoveTo(x + (side * r), y);
                p.LineTo(side * _who.Width, y - 0.04f);
            });
        }

        Line(frame, 0.045f, p =>
        {
            p.MoveTo(_turn - _who.EyeSpacing + r, y);
            p.LineTo(_turn + _who.EyeSpacing - r, y);
        });
    }

    private void Circle(SKColor colour, float x, float y, float radius) => Fill(colour, p => p.AddCircle(x, y, radius));

    private void Fill(SKColor colour, Action<SKPath> shape) => Draw(colour, shape, SKPaintStyle.Fill, 0);

    private void Line(SKColor colour, float width, Action<SKPath> shape) => Draw(colour, shape, SKPaintStyle.Stroke, width);

    private void Draw(SKColor colour, Action<SKPath> shape, SKPaintStyle style, float width)
    {
        using var path = new SKPath();
        shape(path);
        using var paint = new SKPaint { Color = colour, IsAntialias = true, Style = style, StrokeWidth = width, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round };
        _canvas.DrawPath(path, paint);
    }
}
