// Removes what a build writes, so that a renamed module cannot survive in the bundle.
import { rmSync } from 'node:fs';

for (const path of ['lib', 'tsconfig.tsbuildinfo', '../enablement_ext/lab/labextension']) {
  rmSync(new URL(`../${path}`, import.meta.url), { recursive: true, force: true });
}
