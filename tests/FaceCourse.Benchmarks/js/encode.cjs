// Times @vladmandic/face-api's encoder on TensorFlow.js's WebAssembly backend (SIMD, all cores): prints seconds per face.
// Arguments: folder of the weights, batch size.
const path = require("path");
const { createRequire } = require("module");
const from = createRequire(path.join(process.cwd(), "package.json"));
const tf = from("@tensorflow/tfjs");
const wasm = from("@tensorflow/tfjs-backend-wasm");
const faceapi = from("@vladmandic/face-api/dist/face-api.node-wasm.js");

(async () => {
  const [model, batch] = [process.argv[2], Number(process.argv[3])];
  wasm.setWasmPaths(path.join(process.cwd(), "node_modules/@tensorflow/tfjs-backend-wasm/dist/"));
  await tf.setBackend("wasm");
  await tf.ready();
  await faceapi.nets.faceRecognitionNet.loadFromDisk(model);
  const faces = Array.from({ length: batch }, () => tf.randomUniform([150, 150, 3], 0, 255));
  const once = () => faceapi.nets.faceRecognitionNet.computeFaceDescriptor(batch === 1 ? faces[0] : faces);
  await once();
  const rounds = Math.max(1, Math.round(16 / batch));
  const start = process.hrtime.bigint();
  for (let i = 0; i < rounds; i++) await once();
  process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e9 / rounds / batch));
})();
