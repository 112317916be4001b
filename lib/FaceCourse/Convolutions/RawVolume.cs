using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>A file of bare voxels that is read or written a box at a time, however large it is.</summary>
/// <remarks>The first index is the channel, then z, y, x; x varies fastest. With one channel this is what .raw files of scanners hold.</remarks>
public sealed class RawVolume : IDisposable
{
    private readonly FileStream _file;
    private readonly VoxelType _type;
    private readonly bool _bigEndian;
    private readonly long _offset;

    private RawVolume(FileStream file, FeatureShape shape, VoxelType type, bool bigEndian, long offset)
        => (_file, Shape, _type, _bigEndian, _offset) = (file, shape, type, bigEndian, offset);

    /// <summary>depth×height×width×channels.</summary>
    public FeatureShape Shape { get; }

    /// <summary>Opens a file to read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">depth×height×width×channels.</param>
    /// <param name="type">How a voxel is stored.</param>
    /// <param name="bigEndian">True when the larger byte comes first.</param>
    /// <param name="offset">Bytes before the first voxel.</param>
    /// <exception cref="ConvolutionException">The file is missing, or shorter than the shape says.</exception>
    public static RawVolume Open(string path, FeatureShape shape, VoxelType type, bool bigEndian = false, long offset = 0)
    {
        if (shape.Dimensions != 3) throw new ConvolutionException($"A raw volume has three sides; {shape} has {shape.Dimensions}.");
        var wanted = ((double)shape.Positions * shape.Channels * type.Bytes()) + offset;
        var file = Opened(path, FileMode.Open, FileAccess.Read);
        if (file.Length >= wanted) return new RawVolume(file, shape, type, bigEndian, offset);
        var length = file.Length;
        file.Dispose();
        throw new ConvolutionException($"{path} is too short: {shape} of {type} takes {wanted:0} bytes, and there are {length}.");
    }

    /// <summary>Makes a file of little-endian float32, to be filled box by box.</summary>
    /// <exception cref="ConvolutionException">The file cannot be made.</exception>
    public static RawVolume Create(string path, FeatureShape shape)
    {
        if (shape.Dimensions != 3) throw new ConvolutionException($"A raw volume has three sides; {shape} has {shape.Dimensions}.");
        var file = Opened(path, FileMode.Create, FileAccess.ReadWrite);
        file.SetLength(shape.Positions * shape.Channels * sizeof(float));
        return new RawVolume(file, shape, VoxelType.Float32, bigEndian: false, 0);
    }

    /// <summary>Reads a box as [1, channels, depth, height, width] of float32.</summary>
    public Tensor Read(Region box)
    {
        var (row, size) = ((int)box.Size[2], _type.Bytes());
        var bytes = new byte[row * size];
        var values = new float[Shape.Channels * box.Size[0] * box.Size[1] * row];
        var at = 0;
        foreach (var position in Rows(box))
        {
            _file.Position = position;
            _file.ReadExactly(bytes);
            for (var i = 0; i < row; i++) values[at++] = (float)_type.Read(bytes.AsSpan(i * size, size), _bigEndian);
        }

        return tensor(values, [1, Shape.Channels, .. box.Size]);
    }

    /// <summary>Writes a box, [1, channels, depth, height, width].</summary>
    public void Write(Region box, Tensor values)
    {
        using var scope = NewDisposeScope();
        var numbers = values.cpu().@float().contiguous().data<float>().ToArray();
        var (row, at) = ((int)box.Size[2], 0);
        foreach (var position in Rows(box))
        {
            _file.Position = position;
            _file.Write(MemoryMarshal.AsBytes(numbers.AsSpan(at, row)));
            at += row;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private IEnumerable<long> Rows(Region box)
    {
        var (d, h, w) = (Shape.Sides[0], Shape.Sides[1], Shape.Sides[2]);
        for (var c = 0L; c < Shape.Channels; c++)
        for (var z = box.Start[0]; z < box.Start[0] + box.Size[0]; z++)
        for (var y = box.Start[1]; y < box.Start[1] + box.Size[1]; y++)
            yield return _offset + ((((((c * d) + z) * h) + y) * w + box.Start[2]) * _type.Bytes());
    }

    private static FileStream Opened(string path, FileMode mode, FileAccess access)
    {
        try
        {
            return new FileStream(path, mode, access, FileShare.Read, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConvolutionException($"{path} cannot be opened: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
