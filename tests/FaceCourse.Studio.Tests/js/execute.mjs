// Connects to the Jupyter server at argv[2] (token argv[3]) with @jupyterlab/services, starts the kernel argv[4] and runs cells in it.
// Prints one JSON object of what came back.
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const { KernelManager, ServerConnection } = require('@jupyterlab/services');

const [, , baseUrl, token, name] = process.argv;
const serverSettings = ServerConnection.makeSettings({
  baseUrl, token, wsUrl: baseUrl.replace(/^http/, 'ws'), appendToken: true,
});
const kernels = new KernelManager({ serverSettings });
const kernel = await kernels.startNew({ name });

async function run(code, onInput) {
  const got = { status: null, stdout: '', data: null, error: null };
  const future = kernel.requestExecute({ code, allow_stdin: !!onInput });
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream' && content.name === 'stdout') got.stdout += content.text;
    if (header.msg_type === 'execute_result') got.data = content.data;
    if (header.msg_type === 'error') got.error = content.evalue;
  };
  future.onStdin = message => kernel.sendInputReply({ status: 'ok', value: onInput(message.content.prompt) }, message.header);
  got.status = (await future.done).content.status;
  return got;
}

const answer = {};
answer.language = (await kernel.info).language_info.name;
answer.sum = await run('var n = Enumerable.Range(1, 100).Sum();\nConsole.WriteLine("adding");\nn');
answer.state = await run('n + 1');
answer.input = await run('Console.ReadLine()', () => 'Ada');
answer.failure = await run('n.Nothing');
answer.completion = (await kernel.requestComplete({ code: 'Math.Sq', cursor_pos: 7 })).content.matches;

const endless = run('while (true) { }');
await new Promise(resolve => setTimeout(resolve, 1500));
await kernel.interrupt();
answer.interrupted = await endless;

await kernel.restart();
answer.afterRestart = await run('n');
answer.alive = await run('6 * 7');
await kernel.shutdown();
console.log(JSON.stringify(answer));
process.exit(0);
