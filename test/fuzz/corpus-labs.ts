import { hex, type Sample, sample } from "./sample.ts";

/** test/unit/bridge/presets/plotjuggler.test.ts */
const PLOTJUGGLER =
  '{"ticks": 7, "data": {"cos": 0.7539022543433046, "sin": 0.6569865987187891, "floor": 0.0, "ceil": 1.0}}';
const PLOTJUGGLER_MSGPACK = hex("82 a5 7469636b73 07 a4 64617461 81 a3 636f73 cb 3fe81ff79ed92017");
const PLOTJUGGLER_CBOR = hex("a2 65 7469636b73 07 64 64617461 a1 63 636f73 fb 3fe81ff79ed92017");

/** test/unit/bridge/presets/pupil/pupil.test.ts */
const PUPIL = hex(`88 a2 6964 00 a5 746f706963 aa 707570696c2e302e3364 a6 6d6574686f64 a5 7079653364
  a8 6e6f726d5f706f73 92 cb 3fdaf5bf5212bf2f cb 3fd5fb307b5b60f2 a8 6469616d65746572 cb 4039704c8e212ded
  aa 636f6e666964656e6365 cb 3feeea4c0ae7eaea a9 74696d657374616d70 cb 40d1b8d869ad42c4
  a6 737068657265 82 a6 63656e746572 92 cb c004b78310800f88 cb 4014a67c2c128150 a6 726164697573 cb 40016dbce096fa9e`);
const GAZE =
  hex(`85 a5 746f706963 ab 67617a652e33642e30312e a8 6e6f726d5f706f73 92 cb 3fe03fa9ed6c1e8e cb 3fd9291221e3f06a
  aa 636f6e666964656e6365 cb 3feeea4c0ae7eaea a9 74696d657374616d70 cb 40d1b8d8860dcb9b a9 626173655f64617461 91 83
  a5 746f706963 aa 707570696c2e302e3364 aa 636f6e666964656e6365 cb 3feeea4c0ae7eaea
  a9 74696d657374616d70 cb 40d1b8d869ad42c4`);

/** test/unit/bridge/presets/bluesky/bluesky.test.ts: event-model's documents as json.dumps writes them. */
const DESCRIPTOR =
  '{"configuration": {}, "data_keys": {"random_walk:dt": {"dtype": "number", "shape": [], "units": ""}, ' +
  '"random_walk:x": {"dtype": "number", "shape": [], "units": "mm"}}, "name": "primary", "run_start": "ba1f9076-7925", ' +
  '"time": 1550070005.0109222, "uid": "0ad55d9e-1b31"}';
const EVENT =
  '{"data": {"random_walk:dt": -1.0, "random_walk:x": 1.9221013521832928}, "descriptor": "0ad55d9e-1b31", "filled": {}, ' +
  '"seq_num": 1, "time": 1550070005.0189056, "uid": "7b5343fe-dfd7"}';
const EVENT_PAGE =
  '{"data": {"random_walk:dt": [-1.0, 0.5], "random_walk:x": [1.9, NaN], "state": ["a", "b"]}, "descriptor": ' +
  '"0ad55d9e-1b31", "seq_num": [1, 2], "time": [1550070005.25, 1550070006.25], "uid": ["u1", "u2"]}';
const STOP = '{"run_start": "ba1f9076-7925", "time": 1580172029.5, "uid": "78c70c2c-2508", "exit_status": "success"}';
const PICKLE = hex("8004951f000000000000007d94288c0474696d65944741d7190c3d2000008c03756964948c017594752e");

/** test/unit/bridge/presets/leco.test.ts */
const LECO_HEADER = Buffer.from("conversation_id;\x00");
const LECO = '{"temperature":21.5,"pressure":NaN,"voltage":[5.2,"V"],"stage":{"x":1.5,"y":2}}';

/** test/unit/bridge/presets/jupyter/jupyter.test.ts */
function jupyter(type: string, content: string): Sample {
  return sample(
    "jupyter",
    `kernel.0e9f5f2a-1b2c-4d3e-8f90-a1b2c3d4e5f6.${type}`,
    "<IDS|MSG>",
    "6f0b2d4c0e7bb0c9d1a2c5ad8a4bf5f0a9f2a4d1d8b7c6e5f4a3b2c1d0e9f8a7",
    `{"msg_id": "5ca1ab1e_4711_12", "msg_type": "${type}", "username": "me", "session": "5ca1ab1e-6b1c2d3e4f5a6b7c8d9e0f10", "date": "2026-11-20T20:34:49.123456Z", "version": "5.4"}`,
    '{"msg_id": "a_1", "msg_type": "execute_request", "session": "a", "date": "2026-11-20T20:34:48.9Z"}',
    "{}",
    content,
  );
}

export const LABS: readonly Sample[] = [
  sample("rosbridge", '{"op":"publish","topic":"/imu","msg":{"header":{"stamp":{"sec":1,"nanosec":2}},"a":{"x":1}}}'),
  sample("senml", '[{"bn":"dev1/","bt":1795874400.5,"n":"temp","u":"Cel","v":23.1},{"n":"open","vb":true}]'),
  sample(
    "signalk",
    '{"context":"vessels.self","updates":[{"$source":"n2k.1","timestamp":"2026-11-28T14:00:00Z","values":[{"path":"a","value":3.5}]}]}',
  ),
  sample(
    "otlp",
    '{"resourceMetrics":[{"resource":{},"scopeMetrics":[{"metrics":[{"name":"t","sum":{"dataPoints":[{"asInt":"5","timeUnixNano":"1"}]}}]}]}]}',
  ),
  sample("plotjuggler", PLOTJUGGLER),
  sample("plotjuggler", "robot", '{"x": 1.5, "y": 2.5}', "1763648900.123457"),
  sample("plotjuggler", "robot", PLOTJUGGLER_MSGPACK),
  sample("plotjuggler", "robot", PLOTJUGGLER_CBOR, "1763648900123"),
  sample("pupil", "pupil.0.3d", PUPIL),
  sample("pupil", "gaze.3d.01.", GAZE),
  sample("bluesky", ' start {"plan_name": "scan", "scan_id": 2, "time": 1550070004.9850419, "uid": "ba1f9076-7925"}'),
  sample("bluesky", ` descriptor ${DESCRIPTOR}`),
  sample("bluesky", `beamline event ${EVENT}`),
  sample("bluesky", ` event ${EVENT}`),
  sample("bluesky", ` event_page ${EVENT_PAGE}`),
  sample("bluesky", ` bulk_events {"0ad55d9e-1b31": [${EVENT}, ${EVENT}]}`),
  sample("bluesky", ` stop ${STOP}`),
  sample("bluesky", Buffer.concat([Buffer.from(" event "), PICKLE])),
  sample("leco", "N1.CA", LECO_HEADER, LECO),
  sample("leco", "N1.CA", LECO_HEADER, '[4,"m"]'),
  sample("leco", "N1.CA", LECO_HEADER, '{"__proto__":[1,"V"],"constructor":2}'),
  jupyter("status", '{"execution_state": "busy"}'),
  jupyter("status", '{"execution_state": "idle"}'),
  jupyter("execute_input", '{"code": "1 + 1", "execution_count": 7}'),
  jupyter("stream", "not even JSON"),
];
