using System.Buffers.Binary;
using System.Text;

namespace FaceCourse.Tensors;

/// <summary>Reads and relaxes the symbol-version needs of a 64-bit little-endian ELF file.</summary>
/// <remarks>
/// A shared object lists, per library it depends on, the symbol versions it wants (section <c>.gnu.version_r</c>,
/// Elf64_Verneed and Elf64_Vernaux). The loader refuses the file when one is missing, unless its entry carries
/// VER_FLG_WEAK. TorchSharp's native library wants GLIBCXX_3.4.32 for one symbol that it never calls; marking that
/// need weak lets it load on Debian 12, Ubuntu 22.04 and RHEL 9.
/// </remarks>
internal static class ElfVersionNeeds
{
    private const int SectionTypeVerneed = 0x6ffffffe;
    private const ushort Weak = 2;

    // A real library needs a few dozen versions; a damaged table may claim billions, or point at itself.
    private const int MostEntries = 10_000;

    /// <summary>Marks every need of <paramref name="version"/> weak, in place.</summary>
    /// <returns>How many entries were changed; 0 when the file has no such need.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a whole 64-bit little-endian ELF file.</exception>
    public static int MarkWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf[..4].SequenceEqual("\u007fELF"u8) || elf[4] != 2 || elf[5] != 1)
            throw new InvalidDataException("not a 64-bit little-endian ELF file");

        try
        {
            return MarkWeakUnchecked(elf, version);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("the ELF file is cut short or its section table is damaged", e);
        }
    }

    private static int MarkWeakUnchecked(Span<byte> elf, string version)
    {
        var wanted = Encoding.ASCII.GetBytes(version);
        var table = checked((int)U64(elf, 40));
        int entrySize = U16(elf, 58), count = U16(elf, 60), changed = 0, entriesLeft = MostEntries;

        for (var i = 0; i < count; i++)
        {
            var section = elf.Slice(checked(table + (i * entrySize)), 64);
            if (U32(section, 4) != SectionTypeVerneed) continue;

            // sh_link names the string table, sh_info the number of Elf64_Verneed entries.
            var strings = checked((int)U64(elf.Slice(checked(table + ((int)U32(section, 40) * entrySize)), 64), 24));
            var need = checked((int)U64(section, 24));
            for (var n = U32(section, 44); n > 0; n--)
            {
                if (entriesLeft-- == 0) throw new InvalidDataException("the ELF file's version table has no end");

                var aux = checked(need + (int)U32(elf, need + 8));
                for (var a = U16(elf, need + 2); a > 0; a--)
                {
                    if (entriesLeft-- == 0) throw new InvalidDataException("the ELF file's version table has no end");

                    var name = checked(strings + (int)U32(elf, aux + 8));
                    if (elf.Slice(name, wanted.Length + 1) is var s && s[..^1].SequenceEqual(wanted) && s[^1] == 0)
                    {
                        BinaryPrimitives.WriteUInt16LittleEndian(elf[(aux + 4)..], (ushort)(U16(elf, aux + 4) | Weak));
                        changed++;
                    }

                    aux = checked(aux + (int)U32(elf, aux + 12));
                }

                need = checked(need + (int)U32(elf, need + 12));
            }
        }

        return changed;
    }

    private static ushort U16(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt16LittleEndian(b.Slice(at, 2));

    private static uint U32(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt32LittleEndian(b.Slice(at, 4));

    private static ulong U64(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt64LittleEndian(b.Slice(at, 8));
}
