using System.Buffers.Binary;
using FaceCourse.Assets;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>A three-dimensional picture: a CT or MRI volume.</summary>
public sealed class Volume : IDisposable
{
    /// <summary>Takes voxels; the volume owns them from here on.</summary>
    /// <param name="voxels">[depth, height, width], float32: z slowest, x fastest.</param>
    /// <param name="spacing">The voxel's size along x, y and z, usually in millimetres.</param>
    /// <param name="name">What it is.</param>
    /// <param name="affine">4×4, from voxel indices (x, y, z, 1) to millimetres; the spacing on the diagonal when null.</param>
    public Volume(Tensor voxels, IReadOnlyList<double> spacing, string name, double[,]? affine = null)
    {
        if (voxels.dim() != 3 || voxels.dtype != ScalarType.Float32) throw new ConvolutionException($"A volume is [depth, height, width] of float32; this is {voxels.dtype} [{string.Join(", ", voxels.shape)}].");
        Voxels = voxels.DetachFromDisposeScope();
        Spacing = spacing;
        Name = name;
        Affine = affine ?? new double[,] { { spacing[0], 0, 0, 0 }, { 0, spacing[1], 0, 0 }, { 0, 0, spacing[2], 0 }, { 0, 0, 0, 1 } };
    }

    /// <summary>The voxels, [depth, height, width], float32: z slowest, x fastest, as they lie in the file.</summary>
    public Tensor Voxels { get; }

    /// <summary>The voxel's size along x, y and z, usually in millimetres.</summary>
    public IReadOnlyList<double> Spacing { get; }

    /// <summary>What it is.</summary>
    public string Name { get; }

    /// <summary>4×4, from voxel indices (x, y, z, 1) to the scanner's or atlas's millimetres.</summary>
    public double[,] Affine { get; }

    /// <summary>The size along x.</summary>
    public int Width => (int)Voxels.shape[2];

    /// <summary>The size along y.</summary>
    public int Height => (int)Voxels.shape[1];

    /// <summary>The size along z, the number of slices.</summary>
    public int Depth => (int)Voxels.shape[0];

    /// <summary>Reads a NRRD (.nrrd, .nhdr) or NIfTI-1 (.nii, .nii.gz) file, told apart by their first bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">For a .nhdr with the voxels elsewhere: that file; where the header says when null.</param>
    /// <exception cref="ConvolutionException">It is neither, or broken; the message says why.</exception>
    public static Volume Load(string path, string? data = null)
    {
        var bytes = FileBytes.All(path);
        return bytes.AsSpan().StartsWith("NRRD"u8) ? Nrrd.Read(bytes, path, data) : Nifti.Read(bytes, Path.GetFileName(path));
    }

    /// <summary>The course's CT volume: a tooth, 103×94×161 voxels.</summary>
    /// <exception cref="AssetException">Its files are not on this machine and cannot be fetched.</exception>
    public static Volume Tooth(AssetStore? store = null)
    {
        store ??= AssetStore.Default;
        return Load(store.Get("volume/tooth.nhdr"), store.Get("volume/tooth.raw"));
    }

    /// <summary>The course's MRI volume: a small head.</summary>
    /// <exception cref="AssetException">Its file is not on this machine and cannot be fetched.</exception>
    public static Volume Head(AssetStore? store = null) => Load((store ?? AssetStore.Default).Get("volume/mni_t1_small.nii.gz"));

    /// <summary>The voxels as a network's input, [1, 1, depth, height, width] from 0 to 1, on the course's device.</summary>
    public Tensor ToInput()
    {
        using var scope = NewDisposeScope();
        var low = Voxels.min();
        return ((Voxels - low) / (Voxels.max() - low).clamp_min(1e-12)).unsqueeze(0).unsqueeze(0).to(TorchRuntime.Device).MoveToOuterDisposeScope();
    }

    /// <summary>One slice across z (0), y (1) or x (2), [rows, columns] from 0 to 1 over the whole volume's range.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="axis">0: across z; 1: across y; 2: across x.</param>
    /// <exception cref="ConvolutionException">There is no such slice.</exception>
    public Tensor Slice(int index, int axis = 0)
    {
        if (axis is < 0 or > 2 || index < 0 || index >= Voxels.shape[axis]) throw new ConvolutionException($"{this} has no slice {index} across axis {axis}.");
        using var scope = NewDisposeScope();
        var low = Voxels.min();
        return ((Voxels.select(axis, index) - low) / (Voxels.max() - low).clamp_min(1e-12)).MoveToOuterDisposeScope();
    }

    /// <summary>The point in millimetres of a voxel.</summary>
    public (double X, double Y, double Z) ToMillimetres(double x, double y, double z)
    {
        double Row(int i) => (Affine[i, 0] * x) + (Affine[i, 1] * y) + (Affine[i, 2] * z) + Affine[i, 3];
        return (Row(0), Row(1), Row(2));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Width}×{Height}×{Depth})";

    /// <inheritdoc/>
    public void Dispose() => Voxels.Dispose();

    // Turns a file's numbers into floats; NaN and infinities are refused, since one would spread over a whole feature map.
    internal static Tensor FromNumbers(ReadOnlySpan<byte> bytes, VoxelType type, bool bigEndian, IReadOnlyList<long> sizes, double slope, double offset, string name)
    {
        var size = type.Bytes();
        var count = sizes.Aggregate(1L, (a, b) => a * b);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            var value = type.Read(bytes.Slice(i * size, size), bigEndian);
            values[i] = (float)((value * slope) + offset);
            if (!float.IsFinite(values[i])) throw new ConvolutionException($"{name} holds a voxel that is no finite number (voxel {i}); replace such voxels, with 0 say, before using the volume.");
        }

        return tensor(values, [sizes[2], sizes[1], sizes[0]]);
    }

    internal static long CheckedBytes(IReadOnlyList<long> sizes, VoxelType type, string name)
    {
        var bytes = sizes.Aggregate((double)type.Bytes(), (a, b) => a * b);
        return bytes is > 0 and <= FileBytes.Most ? (long)bytes
            : throw new ConvolutionException($"{name} says that it has {FeatureShape.Text(sizes)} voxels, {bytes / 1e9:0.#} GB; at most {FileBytes.Most / 1e9:0} GB are read into memory. If that is no mistake of the header, process the volume in tiles ({nameof(RawVolume)}).");
    }
}

/// <summary>How a voxel is stored.</summary>
public enum VoxelType
{
    /// <summary>Signed, 1 byte.</summary>
    Int8,

    /// <summary>Unsigned, 1 byte.</summary>
    UInt8,

    /// <summary>Signed, 2 bytes: the usual CT.</summary>
    Int16,

    /// <summary>Unsigned, 2 bytes.</summary>
    UInt16,

    /// <summary>Signed, 4 bytes.</summary>
    Int32,

    /// <summary>Unsigned, 4 bytes.</summary>
    UInt32,

    /// <summary>4 bytes.</summary>
    Float32,

    /// <summary>8 bytes.</summary>
    Float64,
}

internal static class VoxelTypes
{
    public static int Bytes(this VoxelType type) => type switch
    {
        VoxelType.Int8 or VoxelType.UInt8 => 1,
        VoxelType.Int16 or VoxelType.UInt16 => 2,
        VoxelType.Float64 => 8,
        _ => 4,
    };

    public static double Read(this VoxelType type, ReadOnlySpan<byte> b, bool bigEndian) => type switch
    {
        VoxelType.Int8 => (sbyte)b[0],
        VoxelType.UInt8 => b[0],
        VoxelType.Int16 => bigEndian ? BinaryPrimitives.ReadInt16BigEndian(b) : BinaryPrimitives.ReadInt16LittleEndian(b),
        VoxelType.UInt16 => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(b) : BinaryPrimitives.ReadUInt16LittleEndian(b),
        VoxelType.Int32 => bigEndian ? BinaryPrimitives.ReadInt32BigEndian(b) : BinaryPrimitives.ReadInt32LittleEndian(b),
        VoxelType.UInt32 => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(b) : BinaryPrimitives.ReadUInt32LittleEndian(b),
        VoxelType.Float32 => bigEndian ? BinaryPrimitives.ReadSingleBigEndian(b) : BinaryPrimitives.ReadSingleLittleEndian(b),
        _ => bigEndian ? BinaryPrimitives.ReadDoubleBigEndian(b) : BinaryPrimitives.ReadDoubleLittleEndian(b),
    };
}
