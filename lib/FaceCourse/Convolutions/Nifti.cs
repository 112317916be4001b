using System.Buffers.Binary;

namespace FaceCourse.Convolutions;

/// <summary>NIfTI-1 (https://nifti.nimh.nih.gov/nifti-1): a 348-byte header in either byte order, then voxels; the whole may be gzipped.</summary>
internal static class Nifti
{
    private const int HeaderBytes = 348;

    public static Volume Read(byte[] bytes, string name)
    {
        // Gunzipped twice: a little for the header, which then says how much is wanted. A bomb gets no further.
        var packed = bytes.Length > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
        var start = packed ? FileBytes.Gunzip(bytes, 0, HeaderBytes, name) : bytes;
        if (start.Length < HeaderBytes) throw new ConvolutionException($"{name} is no volume that is read here: it is neither NRRD nor a NIfTI-1 file of at least {HeaderBytes} bytes.");
        var header = new Header(start, name);
        var wanted = Volume.CheckedBytes(header.Sizes, header.Type, name);
        var all = packed ? FileBytes.Gunzip(bytes, 0, header.VoxelsAt + wanted, name) : bytes;
        if (all.Length - header.VoxelsAt < wanted)
            throw new ConvolutionException($"{name} is cut short, or its header lies: {FeatureShape.Text(header.Sizes)} voxels of {header.Type} take {wanted} bytes, and there are {Math.Max(0, all.Length - header.VoxelsAt)}. Fetch it again.");

        var voxels = Volume.FromNumbers(all.AsSpan((int)header.VoxelsAt), header.Type, header.BigEndian, header.Sizes, header.Slope, header.Offset, name);
        return new Volume(voxels, header.Spacing, name.Split('.')[0], header.Affine());
    }

    private sealed class Header
    {
        private readonly byte[] _bytes;

        public Header(byte[] bytes, string name)
        {
            _bytes = bytes;
            BigEndian = BinaryPrimitives.ReadInt32BigEndian(bytes) == HeaderBytes;
            if (!BigEndian && BinaryPrimitives.ReadInt32LittleEndian(bytes) != HeaderBytes) throw new ConvolutionException($"{name} is neither a NRRD nor a NIfTI-1 volume; those are what is read here.");
            if (bytes.AsSpan(344, 4).SequenceEqual("ni1\0"u8)) throw new ConvolutionException($"{name} is a NIfTI header with its voxels in another file (.hdr and .img); convert the pair to one .nii file.");
            if (!bytes.AsSpan(344, 4).SequenceEqual("n+1\0"u8)) throw new ConvolutionException($"{name} lacks the NIfTI-1 mark \"n+1\" at byte 344.");

            var dimensions = Short(40);
            if (dimensions is < 3 or > 7) throw new ConvolutionException($"{name} has {dimensions} dimensions; a volume has 3.");
            for (var i = 4; i <= dimensions; i++)
            {
                if (Short(40 + (2 * i)) > 1) throw new ConvolutionException($"{name} is a series of {Short(40 + (2 * i))} volumes; split off one first.");
            }

            Sizes = [Short(42), Short(44), Short(46)];
            if (Sizes.Any(n => n < 1)) throw new ConvolutionException($"{name} gives the size {string.Join('×', Sizes)}; sizes are at least 1.");
            Type = Short(70) switch
            {
                2 => VoxelType.UInt8,
                4 => VoxelType.Int16,
                8 => VoxelType.Int32,
                16 => VoxelType.Float32,
                64 => VoxelType.Float64,
                256 => VoxelType.Int8,
                512 => VoxelType.UInt16,
                768 => VoxelType.UInt32,
                var code => throw new ConvolutionException($"{name} stores its voxels as NIfTI type {code}; whole numbers up to 32 bits, float and double are read here."),
            };
            VoxelsAt = Float(108) is >= HeaderBytes and < 1e8f and var at ? (long)at : throw new ConvolutionException($"{name} says that its voxels start at byte {Float(108)}, inside its own header or past its end.");
            // A slope of zero means that none is given.
            var slope = Float(112);
            (Slope, Offset) = slope == 0 || !float.IsFinite(slope) || !float.IsFinite(Float(116)) ? (1, 0) : (slope, Float(116));
            Spacing = [.. Enumerable.Range(1, 3).Select(i => (double)Math.Abs(Float(76 + (4 * i))))];
            if (Spacing.Any(s => !double.IsFinite(s))) throw new ConvolutionException($"{name} gives a voxel size that is no number.");
        }

        public bool BigEndian { get; }

        public long[] Sizes { get; }

        public VoxelType Type { get; }

        public long VoxelsAt { get; }

        public double Slope { get; }

        public double Offset { get; }

        public double[] Spacing { get; }

        // The standard's three ways: sform if given, else qform (a quaternion), else the voxel sizes alone.
        public double[,]? Affine()
        {
            if (Short(254) > 0)
            {
                var rows = new double[4, 4];
                for (var i = 0; i < 12; i++) rows[i / 4, i % 4] = Float(280 + (4 * i));
                rows[3, 3] = 1;
                return rows;
            }

            if (Short(252) <= 0) return null;
            double b = Float(256), c = Float(260), d = Float(264);
            var a = Math.Sqrt(Math.Max(0, 1 - (b * b) - (c * c) - (d * d)));
            var handed = Float(76) < 0 ? -1 : 1;
            var (x, y, z) = (Spacing[0], Spacing[1], Spacing[2] * handed);
            return new[,]
            {
                { ((a * a) + (b * b) - (c * c) - (d * d)) * x, 2 * ((b * c) - (a * d)) * y, 2 * ((b * d) + (a * c)) * z, Float(268) },
                { 2 * ((b * c) + (a * d)) * x, ((a * a) + (c * c) - (b * b) - (d * d)) * y, 2 * ((c * d) - (a * b)) * z, Float(272) },
                { 2 * ((b * d) - (a * c)) * x, 2 * ((c * d) + (a * b)) * y, ((a * a) + (d * d) - (b * b) - (c * c)) * z, Float(276) },
                { 0, 0, 0, 1 },
            };
        }

        private short Short(int at) => BigEndian ? BinaryPrimitives.ReadInt16BigEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadInt16LittleEndian(_bytes.AsSpan(at));

        private float Float(int at) => BigEndian ? BinaryPrimitives.ReadSingleBigEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadSingleLittleEndian(_bytes.AsSpan(at));
    }
}
