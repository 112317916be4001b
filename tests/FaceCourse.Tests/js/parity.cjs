// Runs @vladmandic/face-api on raw pixels and prints what it finds as JSON.
// Input (standard input): {"model": folder, "photos": [{"file", "width", "height"}], "crops": {"file", "count"} | null}
// A photo file holds height·width·3 bytes (RGB); the crops file count·150·150·3 float32, 0…255.
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");
const from = createRequire(path.join(process.cwd(), "package.json"));
const tf = from("@tensorflow/tfjs");
const wasm = from("@tensorflow/tfjs-backend-wasm");
const faceapi = from("@vladmandic/face-api/dist/face-api.node-wasm.js");

(async () => {
  const job = JSON.parse(fs.readFileSync(0, "utf8"));
  wasm.setWasmPaths(path.join(process.cwd(), "node_modules/@tensorflow/tfjs-backend-wasm/dist/"));
  await tf.setBackend("wasm");
  await tf.ready();
  await faceapi.nets.ssdMobilenetv1.loadFromDisk(job.model);
  await faceapi.nets.faceLandmark68Net.loadFromDisk(job.model);
  await faceapi.nets.faceRecognitionNet.loadFromDisk(job.model);

  await faceapi.nets.tinyFaceDetector.loadFromDisk(job.model);

  const photos = [], tiny = [];
  for (const { file, width, height } of job.photos) {
    const photo = tf.tensor3d(new Int32Array(fs.readFileSync(file)), [height, width, 3], "int32");
    const found = await faceapi.detectAllFaces(photo, new faceapi.SsdMobilenetv1Options({ minConfidence: 0.5 })).withFaceLandmarks().withFaceDescriptors();
    photos.push(found.map(f => ({
      score: f.detection.score,
      box: [f.detection.box.x, f.detection.box.y, f.detection.box.width, f.detection.box.height],
      landmarks: f.landmarks.positions.map(p => [p.x, p.y]),
      descriptor: Array.from(f.descriptor),
    })));
    const small = await faceapi.detectAllFaces(photo, new faceapi.TinyFaceDetectorOptions({ inputSize: 416, scoreThreshold: 0.5 }));
    tiny.push(small.map(d => ({ score: d.score, box: [d.box.x, d.box.y, d.box.width, d.box.height] })));
    photo.dispose();
  }

  const descriptors = [];
  if (job.crops) {
    const bytes = fs.readFileSync(job.crops.file);
    const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    for (let i = 0; i < job.crops.count; i++) {
      const crop = tf.tensor3d(numbers.slice(i * 150 * 150 * 3, (i + 1) * 150 * 150 * 3), [150, 150, 3]);
      descriptors.push(Array.from(await faceapi.nets.faceRecognitionNet.computeFaceDescriptor(crop)));
      crop.dispose();
    }
  }
  process.stdout.write(JSON.stringify({ photos, descriptors, tiny }));
})();
