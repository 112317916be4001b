using System.Buffers;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>The WebSocket between a client and its kernel.</summary>
internal static class ChannelsSocket
{
    private const int LargestMessage = 32 << 20;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>Serves a client until it leaves or the kernel ends.</summary>
    public static async Task ServeAsync(HttpContext context, RunningKernel kernel, CancellationToken stopping)
    {
        var v1 = context.WebSockets.WebSocketRequestedProtocols.Contains(ChannelFrames.V1);
        var mailbox = kernel.MailboxOf(context.Request.Query["session_id"] is [{ Length: > 0 and <= 200 } session] ? session : Guid.NewGuid().ToString());
        using var socket = await context.WebSockets.AcceptWebSocketAsync(v1 ? ChannelFrames.V1 : null);
        using var reader = new CancellationTokenSource();
        mailbox.Open(reader);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(reader.Token, stopping, context.RequestAborted);
        try
        {
            var sending = SendAsync(socket, mailbox, v1, either.Token);
            var receiving = ReceiveAsync(socket, kernel, mailbox, v1, either.Token);
            await Task.WhenAny(sending, receiving);
            if (sending.IsCompletedSuccessfully)
            {
                // Cut at once, the connection might be reset before the client has read why.
                await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, "The kernel has ended.");
                await Task.WhenAny(receiving, Task.Delay(Farewell, CancellationToken.None));
            }

            await either.CancelAsync();
            foreach (var task in (Task[])[sending, receiving])
            {
                try
                {
                    await task;
                }
                catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
                {
                    // The connection is gone; the mailbox keeps what the client has not got.
                }
            }
        }
        finally
        {
            mailbox.Leave(reader);
        }
    }

    private static async Task SendAsync(WebSocket socket, Mailbox mailbox, bool v1, CancellationToken ct)
    {
        while (await mailbox.WaitAsync(ct))
        {
            while (mailbox.TryPeek(out var channel, out var message))
            {
                var (frame, binary) = ChannelFrames.Write(channel, message, v1);
                await socket.SendAsync(frame, binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, endOfMessage: true, ct);
                mailbox.Remove(message);
            }
        }
    }

    private static async Task ReceiveAsync(WebSocket socket, RunningKernel kernel, Mailbox mailbox, bool v1, CancellationToken ct)
    {
        var message = new ArrayBufferWriter<byte>(16 << 10);
        while (true)
        {
            message.ResetWrittenCount();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(message.GetMemory(16 << 10), ct);
                message.Advance(part.Count);
                if (message.WrittenCount > LargestMessage)
                {
                    await CloseAsync(socket, WebSocketCloseStatus.MessageTooBig, "A message may hold 32 MB at most.");
                    await DrainAsync(socket);
                    return;
                }
            }
            while (!part.EndOfMessage && part.MessageType != WebSocketMessageType.Close);

            if (part.MessageType == WebSocketMessageType.Close)
            {
                // The client's own reason goes back: on a normal closure it would not come again.
                await CloseAsync(socket, socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, "");
                return;
            }

            if (ChannelFrames.Read(message.WrittenMemory, part.MessageType == WebSocketMessageType.Binary, v1) is not var (channel, raw))
            {
                await CloseAsync(socket, WebSocketCloseStatus.InvalidPayloadData, "That is no Jupyter message.");
                await DrainAsync(socket);
                return;
            }

            kernel.Send(mailbox, channel, raw);

            // One very large message should not hold its memory for the rest of the day.
            if (message.Capacity > 1 << 20) message = new ArrayBufferWriter<byte>(16 << 10);
        }
    }

    // Reads on for a moment, so that the client gets to know why it was refused.
    private static async Task DrainAsync(WebSocket socket)
    {
        using var limit = new CancellationTokenSource(Farewell);
        var nothing = new byte[16 << 10];
        try
        {
            while (socket.State == WebSocketState.CloseSent && (await socket.ReceiveAsync(nothing.AsMemory(), limit.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // It does not want to know.
        }
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string why)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, why, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // It is closed then.
        }
    }
}
