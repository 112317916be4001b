// Drives the Studio's server with @jupyterlab/services, the client that JupyterLab and the Studio's page are built on.
// studio.mjs ADDRESS TOKEN SCENARIO FRAMING; prints one JSON object of what came back.
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const services = require('@jupyterlab/services');
const NodeSocket = require('ws');

const [, , baseUrl, token, scenario, framing] = process.argv;

// Without the offered subprotocol a server speaks JSON.
class JsonSocket extends NodeSocket {
  constructor(url) { super(url); }
}
const serverSettings = services.ServerConnection.makeSettings({
  baseUrl, token, wsUrl: baseUrl.replace(/^http/, 'ws'), appendToken: true, ...(framing === 'json' ? { WebSocket: JsonSocket } : {}),
});
const kernelManager = new services.KernelManager({ serverSettings });
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const answer = {};

// A restart cancels what the library had asked for itself after a broken connection, and nobody awaits that.
process.on('unhandledRejection', () => {});

async function run(kernel, code, onInput, onText) {
  const got = { status: null, stdout: '', data: null, error: null };
  const future = kernel.requestExecute({ code, allow_stdin: !!onInput });
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream' && content.name === 'stdout') { got.stdout += content.text; onText?.(content.text); }
    if (header.msg_type === 'execute_result') got.data = content.data;
    if (header.msg_type === 'error') got.error = content.evalue;
  };
  future.onStdin = message => kernel.sendInputReply({ status: 'ok', value: onInput(message.content.prompt) }, message.header);
  got.status = (await future.done).content.status;
  return got;
}

async function refused(call) {
  try { await call(); return null; } catch (error) { return { status: error.response?.status, message: error.message }; }
}

const scenarios = {
  async contents() {
    const drive = new services.Drive({ serverSettings });
    const contents = new services.ContentsManager({ defaultDrive: drive });
    const folder = await contents.newUntitled({ path: '', type: 'directory' });
    const renamed = await contents.rename(folder.path, 'my folder ü');
    const made = await contents.newUntitled({ path: renamed.path, type: 'notebook' });
    const second = await contents.newUntitled({ path: renamed.path, type: 'notebook' });
    const opened = await contents.get(made.path, { content: true, hash: true });
    opened.content.cells.push({ cell_type: 'code', id: 'a', metadata: { trusted: true }, source: '1', outputs: [], execution_count: null });
    const saved = await contents.save(made.path, { type: 'notebook', format: 'json', content: opened.content });
    const checkpoint = await contents.createCheckpoint(made.path);
    await contents.save(made.path, { type: 'notebook', format: 'json', content: { ...opened.content, cells: [] } });
    await contents.restoreCheckpoint(made.path, checkpoint.id);
    const restored = await contents.get(made.path);
    answer.checkpoints = (await contents.listCheckpoints(made.path)).length;
    await contents.deleteCheckpoint(made.path, checkpoint.id);
    answer.checkpointsAfter = (await contents.listCheckpoints(made.path)).length;
    const copy = await contents.copy(made.path, renamed.path);
    await contents.save(`${renamed.path}/ä b.txt`, { type: 'file', format: 'text', content: 'tea' });
    await contents.save(`${renamed.path}/b.bin`, { type: 'file', format: 'base64', content: 'AAEC/w==' });
    answer.listing = (await contents.get(renamed.path)).content.map(entry => entry.name);
    answer.text = (await contents.get(`${renamed.path}/ä b.txt`)).content;
    answer.binary = (await contents.get(`${renamed.path}/b.bin`)).content;
    answer.download = await (await fetch(await contents.getDownloadUrl(`${renamed.path}/ä b.txt`), { headers: { Authorization: `token ${token}` } })).text();
    answer.names = [folder.name, made.name, second.name, copy.name];
    answer.hash = [opened.hash_algorithm, opened.hash?.length, saved.hash !== opened.hash];
    answer.restored = restored.content.cells.length;
    answer.missing = await refused(() => contents.get('nowhere.ipynb'));
    answer.notEmpty = await refused(() => contents.delete(renamed.path));
    answer.taken = await refused(() => contents.rename(made.path, second.path));
    answer.outside = await refused(() => contents.get('../secret.txt'));
    for (const name of (await contents.get(renamed.path)).content.map(entry => entry.path)) await contents.delete(name);
    await contents.delete(renamed.path);
    answer.gone = await refused(() => contents.get(renamed.path));
  },

  async sessions() {
    const specs = new services.KernelSpecManager({ serverSettings });
    await specs.ready;
    answer.defaultSpec = specs.specs.default;
    answer.specs = Object.keys(specs.specs.kernelspecs);
    answer.user = (await new services.UserAPI.UserAPIClient({ serverSettings }).get()).identity.username; // the manager needs a browser's localStorage
    const events = new services.EventManager({ serverSettings });
    await sleep(300);
    events.dispose();

    const sessions = new services.SessionManager({ kernelManager, serverSettings });
    await sessions.ready;
    const session = await sessions.startNew({ path: 'notebooks/01-first.ipynb', name: '01-first.ipynb', type: 'notebook', kernel: { name: '.net-csharp' } });
    const kernel = session.kernel;
    answer.language = (await kernel.info).language_info.name;
    answer.folder = await run(kernel, 'Path.GetFileName(Environment.CurrentDirectory)');
    answer.sum = await run(kernel, 'var n = Enumerable.Range(1, 100).Sum();\nConsole.WriteLine("adding");\nn');
    answer.input = await run(kernel, 'Console.ReadLine()', () => 'Ada Löwe');
    answer.failure = await run(kernel, 'n.Nothing');
    answer.completion = (await kernel.requestComplete({ code: 'Math.Sq', cursor_pos: 7 })).content.matches;
    answer.inspection = (await kernel.requestInspect({ code: 'Math.Sqrt', cursor_pos: 7, detail_level: 0 })).content.found;
    answer.history = (await kernel.requestHistory({ output: false, raw: true, hist_access_type: 'tail', n: 10 })).content.history.length;
    answer.complete = (await kernel.requestIsComplete({ code: 'if (true) {' })).content.status;
    answer.comms = (await kernel.requestCommInfo({})).content.status;

    const endless = run(kernel, 'while (true) { }');
    await sleep(700);
    await kernel.interrupt();
    answer.interrupted = (await endless).status;

    // Both at once, as a page does when a file is renamed: neither change may undo the other.
    await Promise.all([session.setPath('notebooks/other.ipynb'), session.setName('other')]);
    // A change makes the library ask for the list by itself, and a refresh then waits for that earlier answer.
    await sessions.refreshRunning();
    await sessions.refreshRunning();
    const running = Array.from(sessions.running());
    answer.running = running.map(model => [model.path, model.name, model.kernel.name]);
    answer.found = (await sessions.findByPath('notebooks/other.ipynb')).id === session.id;
    const before = kernel.id;
    const changed = await session.changeKernel({ name: '.net-csharp' });
    answer.changed = changed.id !== before;
    answer.fresh = (await run(changed, 'n')).status;
    await kernelManager.refreshRunning();
    answer.kernels = Array.from(kernelManager.running()).length;
    await session.shutdown();
    await sessions.refreshRunning();
    await kernelManager.refreshRunning();
    answer.left = [Array.from(sessions.running()).length, Array.from(kernelManager.running()).length];
    answer.badKernel = await refused(() => sessions.startNew({ path: 'x.ipynb', name: 'x', type: 'notebook', kernel: { name: 'nobody' } }));
  },

  // The connection breaks while a cell speaks: no line may be lost or doubled. Then many restarts.
  async reconnect() {
    const kernel = await kernelManager.startNew({ name: '.net-csharp' });
    await kernel.info;
    answer.broken = [];
    for (let round = 0; round < 4; round++) {
      let broken = 0;
      const cut = () => { if (broken++ < 2) { kernel._ws?.close(4000); } };
      const got = await run(kernel, 'for (var i = 0; i < 12; i++) { Console.WriteLine(i); await Task.Delay(60); }\n"end"', null, cut);
      answer.broken.push([got.status, got.stdout.trim().split('\n').join(' '), got.data?.['text/plain'], broken > 1]);
    }
    answer.restarts = [];
    for (let round = 0; round < 6; round++) {
      await kernel.restart();
      if (round % 2) await kernel.reconnect();
      const got = await Promise.race([run(kernel, `${round} + 100`), sleep(30000)]);
      answer.restarts.push(got?.data?.['text/plain'] ?? null);
    }
    await kernel.shutdown();
  },

  // The kernel's process is killed under a running cell.
  async death() {
    const kernel = await kernelManager.startNew({ name: '.net-csharp' });
    await kernel.info;
    const states = [];
    kernel.statusChanged.connect((_, status) => states.push(status));
    const until = async state => { for (let i = 0; i < 300 && kernel.status !== state; i++) await sleep(100); };
    const die = () => { kernel.requestExecute({ code: 'System.Diagnostics.Process.GetCurrentProcess().Kill(); while (true) { }' }).done.catch(() => {}); };
    die();
    for (let i = 0; i < 200 && !states.includes('autorestarting'); i++) await sleep(50);
    await until('idle');
    answer.states = [...states];
    answer.after = await run(kernel, '6 * 7');
    for (let death = 1; death < 3; death++) {
      states.length = 0;
      die();
      for (let i = 0; i < 200 && !states.includes('autorestarting') && !states.includes('dead'); i++) await sleep(50);
      if (!states.includes('dead')) await until('idle');
    }
    answer.last = [...states];
    answer.disposed = kernel.isDisposed;
    const model = await (await fetch(`${baseUrl}api/kernels/${kernel.id}`, { headers: { Authorization: `token ${token}` } })).json();
    answer.model = model.execution_state;
    const restarted = await (await fetch(`${baseUrl}api/kernels/${kernel.id}/restart`, { method: 'POST', headers: { Authorization: `token ${token}` } })).json();
    answer.restarted = restarted.execution_state;
    const again = kernelManager.connectTo({ model: restarted });
    answer.again = await run(again, '1 + 1');
    await again.shutdown();
  },

  // Another language's kernel, interrupted by a signal.
  async python() {
    const kernel = await kernelManager.startNew({ name: 'python3' });
    answer.sum = await run(kernel, 'print("hello")\n6*7');
    answer.input = await run(kernel, 'input("name? ")', prompt => prompt + 'Ada');
    const endless = run(kernel, 'import time\nwhile True: time.sleep(0.1)');
    await sleep(800);
    await kernel.interrupt();
    answer.interrupted = await endless;
    await kernel.restart();
    answer.restarted = await run(kernel, '1+1');
    await kernel.shutdown();
  },
};

try {
  await scenarios[scenario]();
} catch (error) {
  answer.failed = `${error.stack}`;
}
console.log(JSON.stringify(answer));
process.exit(0);
