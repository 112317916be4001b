using System.Collections;

namespace FaceCourse.Kernel.Display;

/// <summary>The result of a query or an iterator: computed once, and no further than it is shown, in however many forms it is shown.</summary>
internal abstract class Sequence : IDisposable
{
    /// <summary>What to show: formatted as any other query is.</summary>
    public abstract IEnumerable View { get; }

    /// <summary>The sequence if the value is one that is computed while it is looked at; null for collections and all else.</summary>
    public static Sequence? Of(object? value)
    {
        if (value is not IEnumerable or ICollection) return null;

        // An iterator's type has a name that C# cannot write, a query's is hidden in LINQ; any other may have its own way to be shown.
        var type = value.GetType();
        if (!type.Name.StartsWith('<') && (type.IsVisible || type.Namespace != typeof(Enumerable).Namespace)) return null;

        var items = type.GetInterfaces().Where(i => i.IsGenericType).ToLookup(i => i.GetGenericTypeDefinition(), i => i.GetGenericArguments()[0]);
        return items[typeof(IEnumerable<>)].Take(2).ToArray() is [var item] && !items.Contains(typeof(ICollection<>)) && !items.Contains(typeof(IReadOnlyCollection<>))
            ? (Sequence)Activator.CreateInstance(typeof(Remembered<>).MakeGenericType(item), value)!
            : null;
    }

    public abstract void Dispose();

    private sealed class Remembered<T>(IEnumerable<T> source) : Sequence
    {
        private readonly List<T> _items = [];
        private IEnumerator<T>? _rest;

        public override IEnumerable View => Items().Select(item => item);

        public override void Dispose() => _rest?.Dispose();

        private IEnumerable<T> Items()
        {
            for (var i = 0; ; i++)
            {
                if (i == _items.Count)
                {
                    _rest ??= source.GetEnumerator();
                    if (!_rest.MoveNext()) yield break;
                    _items.Add(_rest.Current);
                }

                yield return _items[i];
            }
        }
    }
}
