using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FaceCourse.Kernel.Jupyter;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>Five free ports of this machine for a kernel that is about to start.</summary>
internal static class FreePorts
{
    private const int Remembered = 500;
    private static readonly Lock Gate = new();
    private static readonly Queue<int> Given = new();

    /// <summary>A connection on ports that nobody listens on, none of which was given out lately: kernels bind theirs only later.</summary>
    public static ConnectionInfo NewConnection()
    {
        var listeners = new List<TcpListener>();
        var ports = new List<int>();
        lock (Gate)
        {
            try
            {
                while (ports.Count < 5)
                {
                    var listener = new TcpListener(IPAddress.Loopback, 0);
                    listener.Start();
                    listeners.Add(listener);
                    var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                    if (Given.Contains(port)) continue;

                    ports.Add(port);
                    Given.Enqueue(port);
                    if (Given.Count > Remembered) Given.Dequeue();
                }
            }
            finally
            {
                foreach (var listener in listeners) listener.Dispose();
            }
        }

        return new ConnectionInfo("tcp", "127.0.0.1", ports[0], ports[1], ports[2], ports[3], ports[4], RandomNumberGenerator.GetHexString(64, lowercase: true));
    }
}
