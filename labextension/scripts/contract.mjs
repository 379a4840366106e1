// Writes the types of both HTTP contracts to src/contract/generated/; with --check it only says whether they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';

import openapiTS, { astToString } from 'openapi-typescript';

const CONTRACTS = {
  service: '../../enablement_ext/web/openapi.yaml',
  lab: '../../enablement_ext/lab/openapi.yaml'
};
const check = process.argv.includes('--check');
let stale = false;

for (const [name, source] of Object.entries(CONTRACTS)) {
  const target = new URL(`../src/contract/generated/${name}.d.ts`, import.meta.url);
  const types = astToString(await openapiTS(new URL(source, import.meta.url)));
  const origin = source.replace('../../', '');
  const text = `// Generated from ${origin} by \`jlpm contract\`; not edited by hand.\n${types}`;
  if (!check) {
    writeFileSync(target, text);
  } else if (readFileSync(target, { encoding: 'utf8' }) !== text) {
    console.error(`src/contract/generated/${name}.d.ts is not what ${origin} says: run jlpm contract`);
    stale = true;
  }
}
process.exitCode = stale ? 1 : 0;
