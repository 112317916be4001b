namespace FaceCourse.Kernel.Jupyter;

/// <summary>A message that is only passed on: four JSON dictionaries as they came, and the binary buffers behind them.</summary>
internal sealed record RawMessage(byte[] Header, byte[] ParentHeader, byte[] Metadata, byte[] Content, IReadOnlyList<byte[]> Buffers)
{
    /// <summary>Bytes of everything together.</summary>
    public long Length => Header.Length + ParentHeader.Length + Metadata.Length + Content.Length + Buffers.Sum(b => (long)b.Length);
}
