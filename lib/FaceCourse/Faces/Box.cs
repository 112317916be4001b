namespace FaceCourse.Faces;

/// <summary>A rectangle in a photo, in pixels from its upper left corner.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Width; may be fractional.</param>
/// <param name="Height">Height; may be fractional.</param>
public readonly record struct Box(double X, double Y, double Width, double Height)
{
    /// <summary>Right edge.</summary>
    public double Right => X + Width;

    /// <summary>Lower edge.</summary>
    public double Bottom => Y + Height;

    /// <summary>Width times height.</summary>
    public double Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>Intersection over union with another box: 0 (apart) to 1 (the same).</summary>
    public double Iou(Box other)
    {
        var width = Math.Min(Right, other.Right) - Math.Max(X, other.X);
        var height = Math.Min(Bottom, other.Bottom) - Math.Max(Y, other.Y);
        if (width <= 0 || height <= 0) return 0;
        var both = width * height;
        return both / (Area + other.Area - both);
    }

    /// <summary>The part that lies in a photo of this size, in whole pixels, as @vladmandic/face-api cuts it.</summary>
    internal (int X, int Y, int Width, int Height) Inside(int width, int height)
    {
        var (x, y) = (Math.Max(X, 0), Math.Max(Y, 0));
        return ((int)Math.Floor(x), (int)Math.Floor(y), (int)Math.Floor(Math.Min(Right - x, width - x)), (int)Math.Floor(Math.Min(Bottom - y, height - y)));
    }
}

/// <summary>A point in a photo, in pixels from its upper left corner.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Downwards.</param>
public readonly record struct Point(double X, double Y);
