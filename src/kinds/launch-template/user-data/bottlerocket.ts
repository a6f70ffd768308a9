import { OperatorError } from '../../../errors.ts';
import type { BottlerocketHost } from '../api.ts';

const TABLE = '[settings.ecs]';
const OWN_TABLE = /^[ \t]*\[[ \t]*settings[ \t]*\.[ \t]*ecs[ \t]*\][ \t]*(?:#.*)?\r?$/m;

/**
 * Bottlerocket's settings as TOML (INS-09). TOML takes a table only once, so the cluster goes into the user's `[settings.ecs]` if there
 * is one, and otherwise into a table after the user's text, which may begin with keys outside of any table.
 */
export function bottlerocketUserData(cluster: string, { settings = '' }: BottlerocketHost): string {
  // TOML's escapes are those of JSON.
  const line = `cluster = ${JSON.stringify(cluster)}`;
  const text = settings.trimEnd();
  if (text === '') return `${TABLE}\n${line}\n`;
  assertNoCluster(text);
  if (!OWN_TABLE.test(text)) return `${text}\n\n${TABLE}\n${line}\n`;
  return `${text.replace(OWN_TABLE, (header) => `${header}\n${line}`)}\n`;
}

/** Said twice, it would keep the instance from booting. */
function assertNoCluster(settings: string): void {
  const afterHeader = settings.slice(settings.search(OWN_TABLE)).split('\n').slice(1);
  const nextHeader = afterHeader.findIndex((each) => /^\s*\[/.test(each));
  const own = OWN_TABLE.test(settings) ? afterHeader.slice(0, nextHeader === -1 ? undefined : nextHeader) : [];
  const dotted = settings.split('\n').some((each) => /^\s*settings\s*\.\s*ecs\s*\./.test(each));
  if (!dotted && !own.some((each) => /^\s*["']?cluster["']?\s*=/.test(each))) return;
  throw new OperatorError(
    'terminal',
    'InvalidUserData',
    dotted
      ? `spec.ecs.bottlerocket.settings has keys that begin with settings.ecs, beside which the cluster cannot be set: write them in a table ${TABLE}.`
      : 'spec.ecs.bottlerocket.settings sets the cluster, which spec.ecs.cluster or clusterRef says: remove it.',
  );
}
