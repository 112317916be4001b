using System.Threading.Channels;

namespace FaceCourse.Studio.Server;

/// <summary>Lets one piece of work in after the other, in the order they came.</summary>
internal sealed class OneAtATime
{
    private readonly Channel<bool> _inside = Channel.CreateBounded<bool>(1);

    public async Task<T> DoAsync<T>(Func<Task<T>> work)
    {
        await _inside.Writer.WriteAsync(true);
        try
        {
            return await work();
        }
        finally
        {
            _inside.Reader.TryRead(out _);
        }
    }
}
