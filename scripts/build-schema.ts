/** Writes schema/plotcast.schema.json, after a change of a key in bridge/config: `node scripts/build-schema.ts`. */
import { writeFile } from "node:fs/promises";
import { configSchema } from "../bridge/config/schema/json-schema.ts";

const FILE = new URL("../schema/plotcast.schema.json", import.meta.url);

await writeFile(FILE, `${JSON.stringify(configSchema(), null, 2)}\n`);
