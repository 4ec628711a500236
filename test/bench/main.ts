import { reviewFigures } from "./review.js";
import { stackFileFigures } from "./stackFile.js";

/** `npm run bench [-- review|stackFile]`: prints figures as JSON; nothing depends on them. */
async function main(only: string | undefined): Promise<void> {
  const figures = {
    ...(only === "stackFile" ? {} : reviewFigures()),
    ...(only === "review" ? {} : { stackFile: await stackFileFigures() }),
  };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
