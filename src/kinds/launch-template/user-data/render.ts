import type { EcsHost } from '../api.ts';
import { bottlerocketUserData } from './bottlerocket.ts';
import { linuxUserData } from './linux.ts';
import { windowsUserData } from './windows.ts';

/**
 * User data, in base64, with which an instance joins the cluster of this name. Whatever changes a text that was rendered before makes a
 * new version of every template with `spec.ecs`, and so replaces instances everywhere: a test holds the texts.
 */
export function renderUserData(host: EcsHost, cluster: string): string {
  return Buffer.from(textOf(host, cluster)).toString('base64');
}

function textOf({ agentConfig = {}, linux, bottlerocket, windows }: EcsHost, cluster: string): string {
  if (bottlerocket !== undefined) return bottlerocketUserData(cluster, bottlerocket);
  if (windows !== undefined) return windowsUserData(cluster, agentConfig, windows);
  return linuxUserData(cluster, agentConfig, linux ?? {});
}
