import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../instrument/project.js";
import { schemaText } from "./schemaOf.js";

/** `npm run schema`: writes the JSON Schema of stack files anew. */
export const SCHEMA = join(REPOSITORY, "sdk", "stack", "stack-file.schema.json");

if (require.main === module)
  void schemaText().then((text) => {
    writeFileSync(SCHEMA, text);
  });
